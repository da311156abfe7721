#pragma once

#include "restante/broker/server/settings.hpp"

#include <string>
#include <vector>

namespace restante::serve {

/// How settings that were read again differ from those in force.
struct settings_change {
  std::vector<const setting*> taken;      ///< can count from now on
  std::vector<const setting*> at_restart; ///< cannot before a restart
};

/// Whether clients need tokens at all, and whether there is TLS, is decided at the start: what
/// would change that is among those that need a restart.
settings_change change_between(const serve_settings& in_force, const serve_settings& read);

/// `in_force` with the values of `read` for these settings.
serve_settings with_values(serve_settings in_force, const serve_settings& read,
                           const std::vector<const setting*>& which);

/// `allow_origin, log_level`.
std::string names_of(const std::vector<const setting*>& which);

} // namespace restante::serve
