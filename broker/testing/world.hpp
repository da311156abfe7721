#pragma once

#include "restante/actors/protocol/virtual_time.hpp"
#include "restante/broker/api/broker.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace restante::testing {

/// All output of a connection, in order.
struct captured {
  std::vector<connect_receipt> connects;
  std::vector<push> pushes;
  std::optional<goodbye> end;

  std::vector<offered_notification> deliveries() const;
  std::vector<topic_event> events() const;
  std::vector<entries_view> snapshots() const;
  std::vector<client_presence> presences() const;
  std::vector<notification_step> steps() const;
  std::vector<entry_ended> lost() const;

  /// Removes the pushes captured so far.
  void clear() { pushes.clear(); }
};

/// A connection that captures its output.
class client {
public:
  client(connection link, std::shared_ptr<captured> seen);

  connection* operator->() { return &link_; }
  connection& link() { return link_; }
  const captured& seen() const { return *seen_; }
  captured& seen() { return *seen_; }

private:
  connection link_;
  std::shared_ptr<captured> seen_;
};

/// A broker in virtual time. Nothing runs until the test says so, time passes only on request, and
/// the same seed gives the same run (spec T2). Tests of your own code can use it too: make a
/// `world`, give its `broker()` to the code under test, and call `pass` to move the time.
class world {
public:
  /// With `shuffle`, the seed determines which actor runs next. Without it, actors run in the order
  /// in which their messages arrived.
  explicit world(options how = {}, std::optional<std::uint64_t> shuffle = std::nullopt);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  restante::broker& broker() { return *broker_; }
  server_identity& server() { return broker_->server(); }
  caf::actor_system& system() { return *system_; }

  /// Connects a client that captures its output, and settles.
  client connect(connect_options who);

  /// Connects a client that captures its output, without settling: other work stays in progress.
  client connect_unsettled(connect_options who);

  client connect(std::string name) { return connect(connect_options{.client = std::move(name)}); }

  /// Runs until no actor has anything to do. No time passes.
  void settle();

  /// Lets one actor handle one message; false when no actor has anything to do. Use it to stop in
  /// the middle of some work.
  bool step();

  /// Lets time pass from deadline to deadline and settles at each, so an alarm that an alarm sets
  /// goes off at its own time. `at_each` is called after each deadline.
  void pass(duration span, const std::function<void()>& at_each = {});

  /// The broker's time now.
  instant now() const;

  /// When the next alarm goes off; nothing when none is set.
  std::optional<instant> next_alarm() const;

  /// Settles and returns the outcome of an answer.
  template <class T>
  outcome<T> outcome_of(const answer<T>& of) {
    settle();
    return of.is_ready() ? of.get() : outcome<T>{errc::unknown_outcome};
  }

  /// Stops the broker; the destructor does this too.
  void stop();

  /// Stops the broker and starts another with the same options at the same instant. `between` is
  /// called before the stop: if it cuts the store off, the restart is a crash. Everything handed
  /// out before belongs to the old broker.
  void restart(const std::function<void()>& between = {});

  /// Restarts as `restart` does, without settling: the new broker has not done anything yet.
  void restart_unsettled(const std::function<void()>& between = {});

private:
  void start();

  std::unique_ptr<caf::actor_system_config> config_;
  std::unique_ptr<caf::actor_system> system_;
  std::shared_ptr<virtual_time> time_;
  std::mt19937_64 random_;
  options how_;
  bool is_shuffled_ = false;
  instant started_at_;
  virtual_time::time_point origin_;
  std::unique_ptr<restante::broker> broker_;
};

} // namespace restante::testing
