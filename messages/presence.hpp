#pragma once

#include <cstdint>

namespace restante {

/// Whether a client is there: connected, or detached within its resume window (spec C5).
enum class presence : std::uint8_t { absent, connected };

} // namespace restante
