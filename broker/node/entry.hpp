#pragma once

#include "restante/broker/node/porter.hpp"

#include <memory>
#include <set>

namespace restante::nodes {

/// What is published: gives each peer that attaches a porter.
class entry final : public entry_actor::base {
public:
  entry(caf::actor_config& config, std::shared_ptr<hall> in);

  behavior_type make_behavior() override;
  void on_exit() override;

  void peer_down(const caf::actor_addr& porter);

private:
  void on(const attach_peer& m);

  std::shared_ptr<hall> hall_;
  std::map<caf::actor_addr, porter_actor> porters_;
};

} // namespace restante::nodes
