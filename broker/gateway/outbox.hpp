#pragma once

#include "restante/actors/credit.hpp"
#include "restante/actors/model/account.hpp"
#include "restante/actors/sink.hpp"
#include "restante/broker/gateway/net.hpp"
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

/// What is on its way from a connection actor to its socket, in order: frames, and the word
/// that the connection has ended. Filled from any thread, emptied by the I/O thread, which
/// is told when there is something new.
///
/// Its bounds: pushes beyond `easy_bytes` count as queued output of the connection, which
/// leaves events out (spec E14); answers are bounded by what the session lets in.
class outbox {
public:
  /// Frames ready to be written; those of an event batch are shared with its other readers.
  struct item {
    std::variant<std::string, topic_events> what;
    bool is_confirmed_later = false;
    bool is_counted = false; ///< by us; what is confirmed later the connection counts
    std::size_t bytes = 0;
  };

  /// What operations that were answered give back to the session.
  using credit = operation_credit;

  explicit outbox(std::shared_ptr<io_thread> home) : home_{std::move(home)} {}
  ~outbox();

  /// Who is told; null: nobody any more, and nothing is kept.
  void belong_to(std::shared_ptr<io_guest> reader);

  /// Answers that wait count as queued output of this account's (spec N18), as pushes do.
  /// Set before the first answer of a connection.
  std::shared_ptr<model::account> memory;

  /// Where to confirm. Set before anything else happens, by whoever opens it.
  std::weak_ptr<entrance> confirm_at;

  // --- from any thread ---

  /// An answer, and the credit that comes back with it. An empty frame is none.
  void answer(std::string frame, credit back);

  /// A push. With `must_confirm`, or when much is waiting, it is `flow::waiting`, and the
  /// I/O thread confirms it when the kernel has it.
  flow push(std::variant<std::string, topic_events> what, std::size_t bytes, bool must_confirm);

  void end(const goodbye& why);

  // --- in the I/O thread ---

  struct taken {
    std::vector<item> items;
    credit back;
    std::optional<goodbye> end;
  };

  /// Everything there is; `into.items` is emptied first and its memory used again.
  void take(taken& into);

  /// The socket has it now.
  void written(const item& what);

  /// What the socket does not have yet.
  std::size_t unwritten() const { return unwritten_.load(std::memory_order_relaxed); }

private:
  void announce(std::unique_lock<std::mutex> lock);

  std::shared_ptr<io_thread> home_;
  std::mutex mutex_;
  std::shared_ptr<io_guest> reader_;
  std::vector<item> items_;
  credit back_;
  std::optional<goodbye> end_;
  bool is_announced_ = false;
  std::atomic<std::size_t> unwritten_{0};
  std::atomic<std::size_t> counted_{0};
};

} // namespace restante::gateway
