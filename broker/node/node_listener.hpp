#pragma once

#include "restante/broker/node/node_session.hpp"

#include <memory>
#include <set>

namespace restante::nodes {

/// The published actor: creates a node session for each peer that attaches.
class node_listener final : public node_listener_actor::base {
public:
  node_listener(caf::actor_config& config, std::shared_ptr<shared_state> in);

  behavior_type make_behavior() override;
  void on_exit() override;

  void peer_down(const caf::actor_addr& node_session);

private:
  void on(const attach_peer& m);

  std::shared_ptr<shared_state> shared_;
  std::map<caf::actor_addr, node_session_actor> sessions_;
};

} // namespace restante::nodes
