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

/// Everything a connection was told, in order.
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

  /// Forgets the pushes so far.
  void clear() { pushes.clear(); }
};

/// A connection that remembers what it is told.
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

/// A broker in virtual time: nothing runs until it is told to, time passes when it is told
/// to, and the same seed gives the same run (spec T2). For tests of your own code too:
/// make a `world`, hand its `broker()` to what you test, `pass` the time.
class world {
public:
  /// With `shuffle`, who runs next is drawn from that seed; without, first come, first
  /// served.
  explicit world(options how = {}, std::optional<std::uint64_t> shuffle = std::nullopt);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  restante::broker& broker() { return *broker_; }
  server_identity& server() { return broker_->server(); }
  caf::actor_system& system() { return *system_; }

  /// Connects a client that captures what it is told, and settles.
  client connect(connect_options who);

  /// The same, in the middle of whatever else is under way.
  client connect_unsettled(connect_options who);

  client connect(std::string name) { return connect(connect_options{.client = std::move(name)}); }

  /// Runs until nobody has anything to do. No time passes.
  void settle();

  /// Lets one actor handle one message; false when nobody has anything to do. For cutting
  /// in the middle.
  bool step();

  /// Lets time pass, from deadline to deadline, settling at each: an alarm that sets an
  /// alarm has it ring at its own time. `at_each` is called after each deadline.
  void pass(duration span, const std::function<void()>& at_each = {});

  /// The broker's time now.
  instant now() const;

  /// When the next alarm rings; nothing when none is set.
  std::optional<instant> next_alarm() const;

  /// Waits for an answer: settles, and hands out what came of it.
  template <class T>
  outcome<T> outcome_of(const answer<T>& of) {
    settle();
    return of.is_ready() ? of.get() : outcome<T>{errc::unknown_outcome};
  }

  /// Stops the broker; the destructor does so too.
  void stop();

  /// Stops it and starts another with the same options, at the same instant. `between` is called
  /// before it stops: what cuts its store off there makes a crash of this. Everything that was
  /// handed out belongs to the broker that is gone.
  void restart(const std::function<void()>& between = {});

  /// The same, and the new one has not done anything yet.
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
