#include "restante/clients/cpp/attendant.hpp"

#include <utility>

namespace restante::remoting {

attendant::attendant(caf::actor_config& config, std::shared_ptr<node_hall> of,
                     std::shared_ptr<node_carrier> carried)
    : attendant_actor::base{config}, of_{std::move(of)}, carrier_{std::move(carried)} {
  dialect::drop_unexpected(this);
  dialect::prepare_monitors(this);
  of_->attendants.fetch_add(1);
}

attendant::behavior_type attendant::make_behavior() {
  carrier_->at_home(*this);
  return {
      [this](const attached_as& m) { carrier_->on(m); },
      [this](const peer_hears& m) { carrier_->on(m); },
      [this](const node_knock& m) { carrier_->on(m); },
      [this](const attendant_due& m) { carrier_->on(m); },
  };
}

void attendant::on_exit() {
  carrier_->gone_from_home();
  carrier_.reset();
  of_->attendants.fetch_sub(1);
}

} // namespace restante::remoting
