#pragma once

#include "restante/messages/clock_note.hpp"

#include <filesystem>
#include <optional>

namespace restante::journal {

/// The clocks that a journal has noted, for those who show its times: `location` is a data
/// directory or a backup. Nothing where it has none or cannot be read; what reads the journal says
/// why.
std::optional<clock_note> noted_clocks(const std::filesystem::path& location);

} // namespace restante::journal
