#include "restante/broker/node/entry.hpp"

#include <utility>

namespace restante::nodes {

entry::entry(caf::actor_config& config, std::shared_ptr<hall> in)
    : entry_actor::base{config}, hall_{std::move(in)} {
  dialect::drop_unexpected(this);
  dialect::prepare_monitors(this);
}

entry::behavior_type entry::make_behavior() {
  return {
      [](const greet_node&) { return node_greeting{}; },
      [this](const attach_peer& m) { on(m); },
  };
}

void entry::on(const attach_peer& m) {
  const auto peer = dialect::sender_of(this);
  if (!peer)
    return;
  if (hall_->is_closing.load()) {
    const peer_word last{goodbye{end_reason::refused, errc::shutting_down}};
    dialect::tell_peer(this, peer, peer_hears{{last}});
    return;
  }
  const auto made = home_system().spawn<porter>(hall_, peer, m);
  dialect::start_monitor(this, caf::actor_cast<caf::strong_actor_ptr>(made));
  porters_.emplace(made.address(), made);
}

void entry::peer_down(const caf::actor_addr& porter) {
  porters_.erase(porter);
}

/// Porters that are left have nobody who would miss them.
void entry::on_exit() {
  for (const auto& [address, left] : std::exchange(porters_, {}))
    dialect::tell_anonymously(left, stop_shard{});
}

} // namespace restante::nodes
