#pragma once

#include <caf/fwd.hpp>

#include <chrono>

namespace restante {

/// Prepares `config` for nodes, with or without a broker: loads CAF's network module, with
/// heartbeats that notice a peer that is silent for two and a half `ping_interval` (spec C3). Both
/// ends must use the same interval. Call it in addition to `configure`, before the system is made.
void configure_node(caf::actor_system_config& config,
                    std::chrono::milliseconds ping_interval = std::chrono::seconds{10});

} // namespace restante
