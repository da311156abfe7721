#pragma once

#include "restante/actors/model/account.hpp"
#include "restante/actors/model/expiry_heap.hpp"
#include "restante/actors/model/record.hpp"
#include "restante/actors/model/staging.hpp"
#include "restante/actors/model/waiters.hpp"
#include "restante/messages/assert.hpp"

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

namespace restante::model {

/// The answer to a waiter: the reply, or why there is none.
struct waiter_answer {
  waiter who;
  errc code = errc::none;
  body reply;
  instant replied_at;
};

/// The messages that others must get after a step of a client queue.
struct queue_effects {
  /// Steps of notifications whose senders asked for receipts, in order.
  std::vector<notification_step> steps;
  std::vector<waiter_answer> answers;
};

/// Everything that one target keeps: its queue, its window of offered notifications, its delivered
/// records, and the waiters for their replies. The rules N1–N16 are here; the actor around it only
/// sends and receives messages.
///
/// Every call takes the present instant and first drops the notifications that have expired by
/// then, at least those that could matter. So an expired notification is never seen, counted or
/// delivered (N8).
class client_queue {
public:
  client_queue(client_address owner, const limits& bounds, account& memory);
  ~client_queue();
  client_queue(const client_queue&) = delete;
  client_queue& operator=(const client_queue&) = delete;

  /// Stores a notification under `trace`, or answers with the first notification of the same
  /// message_id.
  /// Errors: target_full, overloaded (spec N4, N14, N18).
  std::variant<put_receipt, errc> put(const put_notification& asked, const trace_id& trace,
                                      instant now, queue_effects& effects);

  /// Takes everything undelivered, oldest first, and marks it delivered (spec N5).
  std::vector<notification_view> drain(instant now, queue_effects& effects);

  /// The notifications that may be offered now, with at most `window` offered at once, oldest first
  /// (spec N10, N11).
  std::vector<offered_notification> offer(std::uint32_t window, instant now,
                                          queue_effects& effects);

  /// Marks an offered notification delivered; `late` when it is not offered now (spec N11).
  ack_result ack(const trace_id& trace, instant now, queue_effects& effects);

  /// Returns the offered notifications to the head of the queue, in order: their connection has
  /// ended (spec N11). A notification ends if the queue has a newer one with its collapse key (spec
  /// N15).
  void return_offered(instant now, queue_effects& effects);

  /// Whether the trace is one of this target's live ones.
  bool knows(const trace_id& trace, instant now, queue_effects& effects);

  /// Errors: not_found, forbidden (spec N6).
  std::variant<notification_view, errc> status(const trace_question& asked, instant now,
                                               queue_effects& effects);

  /// Errors: not_found, forbidden, not_a_suit, overloaded (spec N7).
  std::variant<notification_view, errc> reply(const trace_question& asked, const body& value,
                                              instant now, queue_effects& effects);

  /// Nothing when the wait has begun; otherwise the immediate answer (spec N13).
  std::optional<waiter_answer> await(const trace_question& asked, const waiter& who, instant now,
                                     queue_effects& effects);

  /// Undelivered and not expired (spec N9).
  std::size_t pending(instant now, queue_effects& effects);

  /// How many are undelivered, including expired notifications that are not dropped yet.
  std::size_t waiting() const { return queued_.size() + offered_.size() + scheduled_.size(); }

  /// Drops expired notifications, at most `most` at a time, and answers waiters whose time is up.
  /// True when nothing due is left.
  bool expire(instant now, std::size_t most, queue_effects& effects);

  /// Forgets delivered records from before `older_than`, oldest first, while `is_needed` answers
  /// true (spec N18).
  void trim(instant older_than, const std::function<bool()>& is_needed, queue_effects& effects);

  /// When the oldest delivered record was delivered; never: there is none.
  instant oldest_delivered() const {
    return delivered_.empty() ? instant::never() : delivered_.front().delivered_at;
  }

  std::size_t forget_waiter(peer_number peer) { return waiting_ ? waiting_->forget(peer) : 0; }

  /// Ends one wait; false when there is no such wait.
  bool cancel_waiter(const trace_question& asked, peer_number peer) {
    return waiting_ && waiting_->cancel(asked.trace, peer, asked.op);
  }

  /// The first instant at which something expires or comes due.
  instant deadline() const;

  const client_address& owner() const { return owner_; }

  /// Whether nothing is kept or staged.
  bool empty() const { return kept_.empty() && !staged_; }

  // --- With a journal (spec D1). `stage_x` prepares what `x` does, and changes nothing that can be
  // --- seen outside. When the changes are on disk, `commit_x` does it. If the commit failed,
  // --- `abandon_x` drops it. These calls come in the order of staging. Nothing is staged between
  // --- `take_changes` and the last of these calls.

  /// From now on changes are kept in this slot of the journal.
  void use_journal(slot_number slot) { slot_ = slot, has_journal_ = true; }

  /// Restores the notifications of the journal, in the order of its rows; then call `end_restore`
  /// once.
  void restore(const kept_notification& kept);
  void end_restore(instant now, queue_effects& effects);

  /// Whether there are changes for the journal. They include the offers that this window allows:
  /// the journal learns of an offer before it is made.
  bool has_changes(std::uint32_t window, instant now, queue_effects& effects);
  journal_changes take_changes(std::uint32_t window, instant now, queue_effects& effects);

  std::variant<put_receipt, errc> stage_put(const put_notification& asked, const trace_id& trace,
                                            instant now, queue_effects& effects);
  /// `next` is the row of the next put that the journal has stored.
  void commit_put(row_number& next, instant now, queue_effects& effects);
  void abandon_puts(); ///< all staged puts
  bool is_staged(const trace_id& trace) const;

  ack_result stage_ack(const trace_id& trace, instant now, queue_effects& effects);
  void commit_ack(const trace_id& trace, instant at, queue_effects& effects);

  /// Notes that `asked` is to be answered with `value`. Errors: those of `reply`.
  errc stage_reply(const trace_question& asked, const body& value, instant now,
                   queue_effects& effects);
  /// Errors: not_found, if the notification has ended in between.
  std::variant<notification_view, errc> commit_reply(const trace_question& asked, const body& value,
                                                     instant at, instant now,
                                                     queue_effects& effects);
  void abandon_reply(const body& value) { memory_.give_back(value.size()); }

  /// The notifications that a drain will take, oldest first.
  std::vector<trace_id> stage_drain(instant now, queue_effects& effects);
  std::vector<notification_view> commit_drain(const std::vector<trace_id>& traces, instant at,
                                              instant now, queue_effects& effects);

  /// The pending change of this notification is dropped: the notification stays as it is.
  void end_doubt(const trace_id& trace);

  /// Allows announced notifications to be offered, even if the journal failed: it is better to
  /// deliver with a count that is too low after a restart than not at all.
  void settle_offers();

private:
  /// Undelivered records are in the order in which they became eligible, delivered records in the
  /// order of delivery (spec N10). A record moves from list to list without a copy or a search.
  using order = std::list<record>;
  using spot = order::iterator;

  std::optional<spot> find(const trace_id& trace);
  std::variant<spot, errc> find_for(const trace_question& asked, bool may_send, bool may_receive,
                                    instant now, queue_effects& effects);

  /// A put that will be accepted, and the notification that must make room for it.
  struct entry {
    record made;
    std::optional<spot> victim;
    notification_state how = notification_state::evicted;
  };
  std::variant<entry, put_receipt, errc> prepare(const put_notification& asked,
                                                 const trace_id& trace, instant now,
                                                 queue_effects& effects);
  /// Errors: target_full.
  errc find_victim(const put_notification& asked, entry& accepted);
  static put_receipt receipt_of(const entry& accepted);
  void enter(order& from, instant now, queue_effects& effects);
  void set_reply(spot which, const body& value, instant at, queue_effects& effects);
  void schedule(spot which);
  void ripen(instant now);
  std::size_t cap() const;
  std::size_t size_at_commit() const;
  void keep_few_delivered(queue_effects& effects);
  std::size_t offered_max(std::uint32_t window) const;
  staging& staged();
  void end_staging_if_empty();

  void know_ids(const record& which);
  void forget_ids(const record& which);
  std::optional<put_receipt> duplicate_of(const put_notification& asked);
  std::optional<spot> find_staged(const trace_id& trace);
  bool make_room(std::uint64_t cost, std::uint64_t freed, queue_effects& effects);
  bool take_for(spot which, std::uint64_t bytes, queue_effects& effects);
  void deliver(spot which, instant now, queue_effects& effects);
  /// Moves a notification to a step that it reaches for the first time: `state` only grows, and the
  /// sender gets a receipt for each step.
  void advance(record& which, notification_state to, instant at, queue_effects& effects);
  void tell(const record& which, notification_state what, instant at, queue_effects& effects) const;
  void end(spot which, notification_state how, instant at, queue_effects& effects);
  enum class on_disk : std::uint8_t { leave, remove };
  void forget(spot which, queue_effects& effects, on_disk row = on_disk::remove);
  void forget_collapse_key(const record& which);
  void expire_all(instant now, queue_effects& effects);
  order& list_of(const record& which);
  /// Each kept notification has a place in exactly one list.
  bool do_counts_agree() const { return kept_.size() == waiting() + delivered_.size(); }

  const client_address owner_;
  const limits& bounds_;
  account& memory_;
  order queued_;
  order offered_;
  order delivered_;
  order scheduled_; ///< in the order of their due times
  std::unordered_map<trace_id, spot, trace_hash> kept_;
  expiry_heap expiries_;
  using message_key = std::pair<std::string, std::string>;
  std::unique_ptr<std::map<message_key, trace_id>> by_message_;
  /// The newest undelivered notification of each collapse key.
  std::unique_ptr<std::map<message_key, trace_id>> by_collapse_key_;
  std::unique_ptr<waiters> waiting_;
  std::unique_ptr<staging> staged_;
  slot_number slot_ = 0;
  bool has_journal_ = false;
};

} // namespace restante::model
