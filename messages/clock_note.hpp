#pragma once

#include "restante/messages/instant.hpp"

#include <optional>
#include <string>

namespace restante {

/// The boot clock: it counts from the start of the machine, suspension included, and cannot be set.
struct boot_clock {
  std::string boot; ///< names this start of the machine; empty: there is no such clock
  duration since{0};

  bool operator==(const boot_clock&) const = default;
};

/// The readings of the clocks at one moment. A journal keeps the latest readings, so that the next
/// start knows how much time has passed even if the wall clock was set in between (spec T1).
struct clock_note {
  instant time; ///< in the broker's time domain
  instant wall; ///< by the wall clock
  boot_clock machine;

  /// How far the wall clock is ahead of the broker's time.
  duration shift() const { return wall - time; }

  bool operator==(const clock_note&) const = default;
};

/// The broker's time at a start; `last` is the note in the journal.
///
/// If the machine has not restarted, the boot clock says how much time has passed, even if the wall
/// clock was set. Otherwise the wall clock is used, but time never goes backwards: nothing becomes
/// due later than before.
inline instant continued(const std::optional<clock_note>& last, instant wall,
                         const boot_clock& machine) {
  if (!last)
    return wall;
  const bool is_known = !machine.boot.empty() && machine.boot == last->machine.boot &&
                        machine.since >= last->machine.since;
  const auto passed = is_known ? machine.since - last->machine.since : wall - last->wall;
  return last->time + (passed.count() > 0 ? passed : duration{0});
}

} // namespace restante
