#pragma once

#include "restante/messages/clock_note.hpp"
#include "restante/messages/command.hpp"

#include <chrono>
#include <optional>

namespace restante {

// The broker's own time runs evenly and does not follow a wall clock that is set. The times shown
// to a client do follow it (spec T1). These functions move every instant in a connection's output.

void shift_times(answer_value& shown, duration by);
void shift_times(push& shown, duration by);

/// A smaller difference is no step of the wall clock: it comes from the time between reading two
/// clocks.
inline constexpr duration smallest_clock_step = std::chrono::milliseconds{50};

/// How far the wall clock is ahead of `time`, if a journal has noted `last`. The noted difference
/// is kept unless the wall clock has been set: reading two clocks takes a moment, and that must not
/// change a time that was shown once.
duration wall_ahead_of(const std::optional<clock_note>& last, instant time, instant wall);

} // namespace restante
