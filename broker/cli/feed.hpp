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

/// What a connection has to tell, in order, for a thread that prints it. The sink takes
/// everything at once and is done with a push only when the thread says so: a notification is
/// acknowledged when it has been printed, and a reader that is slow makes the broker wait
/// instead of this program grow.
class feed : public std::enable_shared_from_this<feed> {
public:
  using clock = std::chrono::steady_clock;

  struct interrupted {};
  struct ended {
    goodbye why;
  };
  struct told_to_stop {};
  using happening = std::variant<connect_receipt, push, interrupted, ended, told_to_stop>;

  /// For one connection.
  std::unique_ptr<sink> make_sink();

  /// Makes `next` answer `told_to_stop`, whatever else waits. From any thread.
  void stop();

  bool is_stopped();

  /// The next thing; nothing when there is none until then.
  std::optional<happening> next(clock::time_point until);

  /// The oldest push that `next` handed out is printed.
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
