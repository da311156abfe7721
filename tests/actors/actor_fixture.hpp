#pragma once

#include "restante/actors/environment.hpp"
#include "restante/actors/protocol/caf_config.hpp"
#include "restante/actors/protocol/virtual_time.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <utility>

namespace restante::actors {

/// An actor system in virtual time and the environment that all actors of a broker share, for tests
/// that spawn the actors themselves. The test owns the shards: it sets and releases them.
class ActorFixture : public ::testing::Test {
protected:
  explicit ActorFixture(std::size_t slots = 1, log_hook log = {}) {
    dialect::add_message_types(config_);
    virtual_time::configure(config_);
    system_ = virtual_time::make_system(config_);
    time_ = virtual_time::of(*system_);
    environment_options how;
    how.slots = slots;
    how.seed = 1;
    how.started_at = instant{1'000'000'000};
    how.origin = system_->clock().now();
    how.log = std::move(log);
    environment_ = std::make_shared<environment>(std::move(how));
  }

  template <class To, class Message>
  static void say_as(const caf::actor& who, const To& to, Message m) {
    dialect::tell_in_name_of(caf::actor_cast<caf::strong_actor_ptr>(who), to, std::move(m));
  }

  /// Advances the virtual time, from alarm to alarm.
  void pass(duration span) {
    const auto until = time_->now() + span;
    while (time_->next_alarm() && *time_->next_alarm() <= until)
      ring();
    time_->advance_to(until);
    time_->settle();
  }

  /// Advances the virtual time until no alarm and no message is left.
  void pass_all() {
    time_->settle();
    while (time_->next_alarm())
      ring();
  }

  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::shared_ptr<virtual_time> time_;
  environment_ptr environment_;

private:
  void ring() {
    time_->ring_next();
    time_->settle();
  }
};

} // namespace restante::actors
