#pragma once

#include "restante/actors/model/account.hpp"
#include "restante/actors/model/expiry_heap.hpp"
#include "restante/actors/model/record.hpp"
#include "restante/actors/model/waiters.hpp"

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

namespace restante::model {

/// An answer to somebody who waited: the reply, or why there is none.
struct waiter_answer {
  waiter who;
  errc code = errc::none;
  body reply;
  instant replied_at;
};

/// What a step of a postbox leaves to be told to others.
struct postbox_news {
  /// Steps of notifications whose senders asked for receipts, in order.
  std::vector<notification_step> steps;
  std::vector<waiter_answer> answers;
};

/// What one target keeps: its queue, its window of offered ones, its delivered records,
/// and who waits for their replies. The rules N1–N14 are here; the actor around it only
/// talks.
///
/// Every call takes the present instant and first drops what has expired by then, as far
/// as it could matter, so an expired notification is never seen, counted or delivered (N8).
class postbox {
public:
  postbox(client_address owner, const limits& bounds, account& memory);
  ~postbox();
  postbox(const postbox&) = delete;
  postbox& operator=(const postbox&) = delete;

  /// Stores a notification under `trace`, or answers the first of the same message_id.
  /// Errors: target_full, overloaded (spec N4, N14, N18).
  std::variant<put_receipt, errc> put(const put_notification& asked, const trace_id& trace,
                                      instant now, postbox_news& news);

  /// Takes everything undelivered, oldest first, and marks it delivered (spec N5).
  std::vector<notification_view> drain(instant now, postbox_news& news);

  /// What may be offered now with at most `window` out, oldest first (spec N10, N11).
  std::vector<offered_notification> offer(std::uint32_t window, instant now, postbox_news& news);

  /// Marks an offered one delivered; `late` when it is not out (spec N11).
  ack_result ack(const trace_id& trace, instant now, postbox_news& news);

  /// Puts what is out back to the head, in order: its connection has ended (spec N11).
  void return_offered();

  /// Whether the trace is one of this target's live ones.
  bool knows(const trace_id& trace, instant now, postbox_news& news);

  /// Errors: not_found, forbidden (spec N6).
  std::variant<notification_view, errc> status(const trace_question& asked, instant now,
                                               postbox_news& news);

  /// Errors: not_found, forbidden, not_a_suit, overloaded (spec N7).
  std::variant<notification_view, errc> reply(const trace_question& asked, const body& value,
                                              instant now, postbox_news& news);

  /// Nothing when the wait has begun; else the answer at once (spec N13).
  std::optional<waiter_answer> await(const trace_question& asked, const waiter& who, instant now,
                                     postbox_news& news);

  /// Undelivered and not expired (spec N9).
  std::size_t pending(instant now, postbox_news& news);

  /// Undelivered, those that have expired and were not dropped yet among them.
  std::size_t waiting() const { return queued_.size() + offered_.size(); }

  /// Drops what has expired, at most `most` at a time, and answers waiters whose time is
  /// up. True when nothing due is left.
  bool expire(instant now, std::size_t most, postbox_news& news);

  /// Forgets delivered records from before `older_than` to free memory (spec N18).
  void trim(instant older_than, postbox_news& news);

  std::size_t forget_waiter(peer_number peer) { return waiting_ ? waiting_->forget(peer) : 0; }

  /// Ends one wait; false when there is none such.
  bool cancel_waiter(const trace_question& asked, peer_number peer) {
    return waiting_ && waiting_->cancel(asked.trace, peer, asked.op);
  }

  /// The first instant at which there is something to expire.
  instant deadline() const;

  const client_address& owner() const { return owner_; }

  /// Whether nothing is kept and nobody waits.
  bool empty() const { return kept_.empty(); }

private:
  /// Records in order: of eligibility while undelivered, then of delivery (spec N10). They
  /// move from list to list as they are, without being copied or looked up.
  using order = std::list<record>;
  using spot = order::iterator;

  std::optional<spot> find(const trace_id& trace);
  std::variant<spot, errc> find_for(const trace_question& asked, bool may_send, bool may_receive,
                                    instant now, postbox_news& news);
  bool is_full() const;
  std::optional<put_receipt> duplicate_of(const put_notification& asked);
  bool make_room(std::uint64_t cost, std::uint64_t freed, postbox_news& news);
  bool take_for(spot which, std::uint64_t bytes, postbox_news& news);
  void deliver(spot which, instant now, postbox_news& news);
  /// Reaches a step for the first time: `state` only ever grows, the sender hears of each.
  void advance(record& which, notification_state to, instant at, postbox_news& news);
  void tell(const record& which, notification_state what, instant at, postbox_news& news) const;
  void end(spot which, notification_state how, instant at, postbox_news& news);
  void forget(spot which, postbox_news& news);
  void expire_all(instant now, postbox_news& news);
  order& place_of(const record& which);

  const client_address owner_;
  const limits& bounds_;
  account& memory_;
  order queued_;
  order offered_;
  order delivered_;
  std::unordered_map<trace_id, spot, trace_hash> kept_;
  expiry_heap expiries_;
  using message_key = std::pair<std::string, std::string>;
  std::unique_ptr<std::map<message_key, trace_id>> by_message_;
  std::unique_ptr<waiters> waiting_;
};

} // namespace restante::model
