#pragma once

#include <caf/fwd.hpp>

#include <chrono>

namespace restante {

/// Makes `config` fit for nodes, with or without a broker: CAF's network side, with beats
/// that notice a peer that is silent for two and a half of `ping_interval` (spec C3), which
/// must be the same at both ends. Comes beside `configure`, before the system is made.
void configure_node(caf::actor_system_config& config,
                    std::chrono::milliseconds ping_interval = std::chrono::seconds{10});

} // namespace restante
