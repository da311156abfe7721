#pragma once

#include <cstdint>
#include <string>

namespace restante::testing::crash {

/// The process that is going to be killed says what it does in the lines of `history`.

inline constexpr int targets = 6;
inline constexpr int connected_targets = 3; ///< the first of them
inline constexpr int senders = 3;

/// Puts, takes, acknowledges and replies under load until it is killed.
[[noreturn]] void run(const std::string& directory, std::uint64_t seed, std::uint64_t first_number);

} // namespace restante::testing::crash
