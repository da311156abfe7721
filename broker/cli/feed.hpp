#pragma once

#include "restante/actors/protocol/connection_endpoint.hpp"
#include "restante/actors/protocol/sink.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

namespace restante::cli {

/// The output of a connection, in order, for a thread that prints it. The sink takes everything
/// immediately, but confirms a push only when the thread has printed it. So a notification is
/// acknowledged after it was printed, and a slow reader makes the broker wait instead of making
/// this program grow.
class feed : public std::enable_shared_from_this<feed> {
public:
  using clock = std::chrono::steady_clock;

  struct interrupted {};
  struct ended {
    goodbye why;
  };
  struct told_to_stop {};
  using happening = std::variant<connect_receipt, push, interrupted, ended, told_to_stop>;

  /// Makes the sink of one connection.
  std::unique_ptr<sink> make_sink();

  /// Makes `next` answer `told_to_stop`, before anything else that waits. From any thread.
  void stop();

  bool is_stopped();

  /// The next happening; nothing when none comes until `until`.
  std::optional<happening> next(clock::time_point until);

  /// Confirms the oldest push that `next` returned: it was printed.
  void done();

private:
  class entry;

  void add(happening what);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<happening> waiting_;
  std::weak_ptr<connection_endpoint> at_;
  bool is_stopped_ = false;
};

} // namespace restante::cli
