#pragma once

#include "restante/actors/environment.hpp"

#include <vector>

namespace restante {

/// Passes a topic's events on to a part of its many subscribers.
using relay_actor = typed<    //
    accepts<topic_events>,    // to each of its subscribers
    accepts<relay_to>,        // one more
    accepts<relay_no_longer>, // one less
    accepts<retire>>;         // ends with its topic

namespace actors {

/// One of a few relays that share the fan-out of a large topic. If the topic sent to all
/// subscribers itself, each message would wake a core that is idle again before the next message,
/// and waking a core costs more than the event. Several senders keep all cores busy, first with
/// sending, then with receiving.
///
/// Order is kept: a subscriber gets all its events through the same relay, and it ignores events
/// that its snapshot contains already, by their `seq`.
class relay : public relay_actor::base {
public:
  relay(caf::actor_config& config, environment_ptr environment);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  environment_ptr environment_;
  std::vector<caf::strong_actor_ptr> subscribers_;
};

} // namespace actors

} // namespace restante
