#pragma once

#include "restante/actors/model/announcement.hpp"
#include "restante/actors/model/output_budget.hpp"
#include "restante/actors/protocol/credit.hpp"
#include "restante/actors/protocol/sink.hpp"
#include "restante/broker/gateway/backlog.hpp"
#include "restante/broker/gateway/net.hpp"
#include "restante/broker/gateway/reply_to.hpp"
#include "restante/broker/sockets/io_thread.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace restante::gateway {

/// A request whose answer may be large. It is kept while there is no room for the answer.
struct large_request {
  command what;
  reply_to to;
  operation_credit cost;
  std::uint64_t needs = 0; ///< size of its answer in bytes; 0: not known yet
};

/// Output on its way from a connection actor to its socket, in order: frames, and the end of the
/// connection. Any thread fills it, and the I/O thread empties it after a notification.
///
/// Bounds: output beyond `output_free_bytes` is counted in the broker's output budget until the
/// kernel has it. Waiting pushes count as queued output of the connection too, which leaves events
/// out (spec E14). An answer without room is not kept (`try_answer`).
class outbox : public std::enable_shared_from_this<outbox> {
public:
  /// Frames that are ready to be written. The frames of an event batch are shared with its other
  /// readers. The frame of a waiting delivery is encoded only when its turn comes: until then its
  /// pack is shared with the broker.
  struct item {
    std::variant<std::string, topic_events, delivery> what;
    bool is_confirmed_later = false;
    std::size_t bytes = 0;   ///< its share of `unsent`
    std::size_t charged = 0; ///< its share of the budget
  };
  using content = decltype(item::what);

  /// The credit that answered operations return to the session.
  using credit = operation_credit;

  /// `budget` null: nothing is counted, and there is always room.
  outbox(std::shared_ptr<io_thread> thread, std::shared_ptr<model::output_budget> budget)
      : budget_{std::move(budget)}, told_{wake{std::move(thread)}} {}
  ~outbox();

  /// The session to notify; null: there is no session any more, and nothing is kept.
  void belong_to(std::shared_ptr<io_handler> reader);

  /// Where to confirm pushes. The code that opens the connection sets it before any other call.
  std::weak_ptr<connection_endpoint> confirm_at;

  // --- from any thread ---

  /// Adds an answer and the credit that it returns. An empty frame is skipped. The answer is kept
  /// even when there is no room: for answers that are small or cannot be made again.
  void answer(std::string frame, credit back);

  /// Adds an answer if there is room in the free part, in the budget, or by `permit` if there is
  /// one. False: the frame is dropped, and the credit is not returned. Nothing is kept for a peer
  /// that has more than `most` unsent bytes.
  bool try_answer(std::string frame, credit back, std::uint64_t most,
                  model::output_permit* permit = nullptr);

  /// Adds a push. With `must_confirm`, or when much output is waiting, the result is
  /// `flow::waiting`, and the I/O thread confirms the push when the kernel has it.
  flow push(content what, std::size_t bytes, bool must_confirm);

  /// There was no room for this answer: the I/O thread asks again when there is.
  void put_off(large_request what);

  /// The large request in progress has its answer, or was put off.
  void large_done();

  void end(const goodbye& why);

  // --- in the I/O thread ---

  struct taken {
    std::vector<item> items;
    std::vector<large_request> put_off;
    bool is_large_done = false;
    credit back;
    std::optional<goodbye> end;
  };

  /// Takes all items; `into.items` is cleared first, and its memory is reused.
  void take(taken& into);

  /// The stream has the taken output. Updates how much of it the kernel does not have yet, and how
  /// much memory that takes.
  void written(item& what);
  void in_stream(std::size_t unflushed, std::size_t occupied);

  /// Whether this reader has held memory that others wait for longer than `limit`.
  bool keeps_others_waiting(steady_time now, std::uint64_t sent, std::chrono::milliseconds limit);

  /// Whether this reader has taken all of a large answer before.
  model::reader known() const { return known_; }

  /// The bytes that the kernel has not taken yet.
  std::size_t unsent() const {
    return unwritten_.load(std::memory_order_relaxed) + unflushed_.load(std::memory_order_relaxed);
  }

private:
  void add(content what, std::size_t bytes, std::size_t charged, bool is_confirmed_later);
  bool is_free(std::size_t bytes) const { return unsent() + bytes <= model::output_free_bytes; }
  void give_back(std::size_t bytes);

  struct wake {
    std::shared_ptr<io_thread> thread;

    void operator()(const std::shared_ptr<io_handler>& reader) const { thread->announce(reader); }
  };

  const std::shared_ptr<model::output_budget> budget_;
  std::mutex mutex_;
  model::announcement<std::shared_ptr<io_handler>, wake> told_;
  taken filled_;
  std::atomic<std::size_t> unwritten_{0};
  std::atomic<std::size_t> unflushed_{0};
  std::atomic<std::size_t> charged_{0}; ///< taken from the budget, including the stream's share

  // For the I/O thread only.
  std::size_t charged_in_stream_ = 0;
  backlog behind_;
  model::reader known_ = model::reader::unknown;
};

} // namespace restante::gateway
