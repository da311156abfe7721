#pragma once

#include <cstdint>

namespace restante {

/// CAF numbers the message types of a program. Restante's have the numbers from
/// `type_ids_begin` to below `type_ids_end`, also those that are not given out yet. A program
/// with message types of its own takes others: CAF starts at `caf::first_custom_type_id`, 200.
inline constexpr std::uint16_t type_ids_begin = 10'000;
inline constexpr std::uint16_t type_ids_end = 11'000;

} // namespace restante
