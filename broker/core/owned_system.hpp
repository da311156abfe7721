#pragma once

#include "restante/broker/core/core.hpp"

#include <string>
#include <vector>

namespace restante {

/// An actor system that the broker made for itself.
struct broker_core::owned_system {
  explicit owned_system(std::size_t threads);

  caf::actor_system& system() { return *made; }

  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> made;
};

/// The settings in an embedder's configuration that do not fit a broker, one line each; empty when
/// all fit. CAF only prints a complaint about a wrong option, so the options are read back.
std::vector<std::string> unfit_settings(const caf::actor_system_config& config);

} // namespace restante
