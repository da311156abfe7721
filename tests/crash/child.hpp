#pragma once

#include <cstdint>
#include <string>

namespace restante::testing::crash {

/// The process that will be killed reports its actions as the lines of `history`.

inline constexpr int targets = 6;
inline constexpr int connected_targets = 3; ///< the first client
inline constexpr int senders = 3;

/// Puts, takes, acknowledges and replies under load until the process is killed.
[[noreturn]] void run(const std::string& directory, std::uint64_t seed, std::uint64_t first_number);

} // namespace restante::testing::crash
