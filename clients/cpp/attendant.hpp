#pragma once

#include "restante/clients/cpp/node_carrier.hpp"

namespace restante::remoting {

/// A link's home at a CAF node's peer. One per connection.
class attendant final : public attendant_actor::base {
public:
  attendant(caf::actor_config& config, std::shared_ptr<node_hall> of,
            std::shared_ptr<node_carrier> carried);

  behavior_type make_behavior() override;
  void on_exit() override;
  void peer_down(const caf::actor_addr& who) { carrier_->peer_down(who); }

private:
  std::shared_ptr<node_hall> of_;
  std::shared_ptr<node_carrier> carrier_;
};

} // namespace restante::remoting
