#pragma once

#include "restante/messages/clock_note.hpp"
#include "restante/messages/command.hpp"

#include <chrono>
#include <optional>

namespace restante {

// The broker's own time runs evenly and does not follow a wall clock that is set; what a client is
// shown does (spec T1). These move every instant in what a connection hands out.

void shift_times(answer_value& shown, duration by);
void shift_times(push& shown, duration by);

/// A smaller step of the wall clock is not one: it is how long it took to look.
inline constexpr duration smallest_clock_step = std::chrono::milliseconds{50};

/// How far the wall clock is ahead of `time`, where a journal has noted `last`. As it was, unless
/// it has been set: reading two clocks takes a moment, and what was shown once must not change by
/// that.
duration wall_ahead_of(const std::optional<clock_note>& last, instant time, instant wall);

} // namespace restante
