#pragma once

#include "restante/broker/server/settings.hpp"

#include <string>
#include <vector>

namespace restante::serve {

/// The differences between newly read settings and the settings in force.
struct settings_change {
  std::vector<const setting*> taken;      ///< apply from now on
  std::vector<const setting*> at_restart; ///< apply only after a restart
};

/// Compares two sets of settings. Whether clients need tokens, and whether TLS is on, is decided at
/// the start: settings that would change this need a restart.
settings_change change_between(const serve_settings& in_force, const serve_settings& read);

/// `in_force` with the values of `read` for the given settings.
serve_settings with_values(serve_settings in_force, const serve_settings& read,
                           const std::vector<const setting*>& which);

/// The names, such as `allow_origin, log_level`.
std::string names_of(const std::vector<const setting*>& which);

} // namespace restante::serve
