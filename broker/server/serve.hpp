#pragma once

#include "restante/broker/server/settings.hpp"

#include <functional>
#include <iosfwd>

namespace restante::serve {

/// The status a program ends with.
inline constexpr int ended_well = 0;
inline constexpr int cannot_listen = 1; ///< also every other failure outside of the settings
inline constexpr int bad_settings = 2;  ///< also a data directory that will fail again next time

/// Reads all settings: at the start, and again on SIGHUP. Throws settings_error.
using settings_source = std::function<serve_settings()>;

/// Runs a broker for the network until SIGTERM or SIGINT, which drains it; a second one ends the
/// draining. SIGHUP reads the settings again and applies the changes that need no restart
/// (reload.hpp). It also reads tokens, the JWT key and the certificate again, and reopens the log
/// file.
///
/// Prints the listening addresses in one line on `out`, and the reason for a failed start in one
/// line on `err`. Answers the exit status. Call it from the main thread, before any other is
/// started.
int serve(const settings_source& read, std::ostream& out, std::ostream& err);

} // namespace restante::serve
