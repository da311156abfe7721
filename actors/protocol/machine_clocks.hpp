#pragma once

#include "restante/messages/clock_note.hpp"

#include <functional>

namespace restante {

/// The clocks of the machine, beside the steady one that actors run on. Safe from any thread.
struct machine_clocks {
  /// The wall clock; it may be set forwards and backwards at any time.
  std::function<instant()> wall;

  std::function<boot_clock()> boot;
};

/// The clocks of this machine.
machine_clocks system_clocks();

} // namespace restante
