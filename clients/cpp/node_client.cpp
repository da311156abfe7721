#include "restante/clients/cpp/node_client.hpp"

#include <utility>

namespace restante::remoting {

node_client::node_client(caf::actor_config& config, std::shared_ptr<node_shared_state> of,
                         std::shared_ptr<node_transport> transport)
    : node_client_actor::base{config}, of_{std::move(of)}, transport_{std::move(transport)} {
  dialect::drop_unexpected(this);
  dialect::prepare_monitors(this);
  of_->clients.fetch_add(1);
}

node_client::behavior_type node_client::make_behavior() {
  transport_->started(*this);
  return {
      [this](const attached_as& m) { transport_->on(m); },
      [this](const peer_updates& m) { transport_->on(m); },
      [this](const output_ready& m) { transport_->on(m); },
      [this](const node_client_due& m) { transport_->on(m); },
  };
}

void node_client::on_exit() {
  transport_->stopped();
  transport_.reset();
  of_->clients.fetch_sub(1);
}

} // namespace restante::remoting
