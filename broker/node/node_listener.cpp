#include "restante/broker/node/node_listener.hpp"

#include <utility>

namespace restante::nodes {

node_listener::node_listener(caf::actor_config& config, std::shared_ptr<shared_state> in)
    : node_listener_actor::base{config}, shared_{std::move(in)} {
  dialect::drop_unexpected(this);
  dialect::prepare_monitors(this);
}

node_listener::behavior_type node_listener::make_behavior() {
  return {
      [](const greet_node&) { return node_greeting{}; },
      [this](const attach_peer& m) { on(m); },
  };
}

void node_listener::on(const attach_peer& m) {
  const auto peer = dialect::sender_of(this);
  if (!peer)
    return;
  if (shared_->is_closing.load()) {
    const peer_update last{goodbye{end_reason::refused, errc::shutting_down}};
    dialect::tell_peer<node_client_actor>(this, peer, peer_updates{{last}});
    return;
  }
  const auto made = home_system().spawn<node_session>(shared_, peer, m);
  dialect::start_monitor(this, caf::actor_cast<caf::strong_actor_ptr>(made));
  sessions_.emplace(made.address(), made);
}

void node_listener::peer_down(const caf::actor_addr& node_session) {
  sessions_.erase(node_session);
}

/// Ends the remaining node sessions, which have no use without their listener.
void node_listener::on_exit() {
  for (const auto& [address, left] : std::exchange(sessions_, {}))
    dialect::tell_anonymously(left, stop_shard{});
}

} // namespace restante::nodes
