#pragma once

#include <cstdint>

namespace restante {

/// CAF numbers the message types of a program. The numbers from `type_ids_begin` to below
/// `type_ids_end` belong to Restante, even those that no type has yet. A program with its own
/// message types uses other numbers: CAF starts at `caf::first_custom_type_id`, 200.
inline constexpr std::uint16_t type_ids_begin = 10'000;
inline constexpr std::uint16_t type_ids_end = 11'000;

} // namespace restante
