#pragma once

#include <chrono>

namespace restante::serve {

// What systemd is told about a service of Type=notify. Elsewhere these do nothing.

void tell_ready();
void tell_reloading(); ///< `tell_ready` says that it is over

/// `most`: how long the stop may take.
void tell_stopping(std::chrono::microseconds most);

} // namespace restante::serve
