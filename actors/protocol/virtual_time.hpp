#pragma once

#include "restante/actors/protocol/caf.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace restante {

/// The controls of an actor system that runs in virtual time, on one thread, step by step
/// (spec T1). CAF brings such a scheduler.
class virtual_time {
public:
  using time_point = caf::actor_clock::time_point;

  /// The controls of `system`; null if it has a real scheduler.
  static std::shared_ptr<virtual_time> of(caf::actor_system& system);

  /// Changes `config` for a system in virtual time. Call it before the system is made.
  static void configure(caf::actor_system_config& config);

  /// A system in virtual time; `config` must outlive it.
  static std::unique_ptr<caf::actor_system> make_system(caf::actor_system_config& config);

  virtual ~virtual_time() = default;

  /// How many actors have something to do.
  virtual std::size_t runnable() const = 0;

  /// Lets the `index`th runnable actor handle one message.
  virtual void step(std::size_t index) = 0;

  virtual time_point now() const = 0;

  /// When the next delayed message is due.
  virtual std::optional<time_point> next_alarm() const = 0;

  /// Moves the clock to the next delayed message and delivers it.
  virtual void ring_next() = 0;

  /// Moves the clock; nothing may be due on the way.
  virtual void advance_to(time_point at) = 0;

  /// Chooses one of the runnable actors. The default is the first; a test may shuffle.
  std::function<std::size_t(std::size_t)> pick = [](std::size_t) { return std::size_t{0}; };

  /// Runs until no actor has anything to do. Time does not pass.
  void settle() {
    while (const auto n = runnable())
      step(pick(n));
  }
};

} // namespace restante
