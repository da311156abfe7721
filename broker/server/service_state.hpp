#pragma once

#include <chrono>

namespace restante::serve {

// Notifications to systemd about a service of Type=notify. Elsewhere these functions do nothing.

void tell_ready();
void tell_reloading(); ///< `tell_ready` reports the end of the reload

/// `most`: the longest time that the stop may take.
void tell_stopping(std::chrono::microseconds most);

} // namespace restante::serve
