#pragma once

#include <string_view>

namespace restante {

/// The version of this library and its program; a test compares it with the project's.
inline constexpr std::string_view version = "0.1.0";

} // namespace restante
