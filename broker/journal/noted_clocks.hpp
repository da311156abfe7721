#pragma once

#include "restante/messages/clock_note.hpp"

#include <filesystem>
#include <optional>

namespace restante::journal {

/// The clocks that a journal has noted, for callers that show its times. `location` is a data
/// directory or a backup. Nothing when the journal has noted no clocks or cannot be read; the code
/// that reads the journal reports why.
std::optional<clock_note> noted_clocks(const std::filesystem::path& location);

} // namespace restante::journal
