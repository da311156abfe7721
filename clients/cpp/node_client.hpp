#pragma once

#include "restante/clients/cpp/node_transport.hpp"

namespace restante::remoting {

/// The actor of a link to a CAF node, in the peer's process. One per connection.
class node_client final : public node_client_actor::base {
public:
  node_client(caf::actor_config& config, std::shared_ptr<node_shared_state> of,
              std::shared_ptr<node_transport> transport);

  behavior_type make_behavior() override;
  void on_exit() override;
  void peer_down(const caf::actor_addr& who) { transport_->peer_down(who); }

private:
  std::shared_ptr<node_shared_state> of_;
  std::shared_ptr<node_transport> transport_;
};

} // namespace restante::remoting
