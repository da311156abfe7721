#include "restante/actors/relay.hpp"

#include "restante/actors/protocol/tell_connection.hpp"

#include <algorithm>
#include <utility>

namespace restante::actors {

relay::relay(caf::actor_config& config, environment_ptr environment)
    : relay_actor::base{config}, environment_{std::move(environment)} {
  dialect::drop_unexpected(this);
  environment_->count.actors.fetch_add(1);
}

relay::behavior_type relay::make_behavior() {
  return {
      [this](const topic_events& m) {
        const dialect::shared_message once{m};
        for (const auto& subscriber : subscribers_)
          tell_connection_shared(this, subscriber, once);
      },
      [this](const relay_to&) { subscribers_.push_back(dialect::sender_of(this)); },
      [this](const relay_no_longer&) {
        const auto found = std::ranges::find(subscribers_, dialect::sender_of(this));
        if (found == subscribers_.end())
          return;
        *found = subscribers_.back();
        subscribers_.pop_back();
      },
      [this](const retire&) { quit(); },
  };
}

void relay::on_exit() {
  subscribers_.clear();
  environment_->actor_ended();
}

} // namespace restante::actors
