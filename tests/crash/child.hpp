#pragma once

#include <cstdint>
#include <string>

namespace restante::testing::crash {

/// What the process that is going to be killed says of itself, a line each, before it does
/// something (small letters) and after it was answered (capitals). A number is given once in all
/// lives of the data directory and is the pack of its notification.
///
///     U                        the broker is up
///     p TARGET SENDER NUMBER   is about to put            P NUMBER TRACE      has put it
///     d NUMBER ATTEMPTS        was handed it
///     k NUMBER                 is about to acknowledge    K NUMBER            has acknowledged it
///     r NUMBER VALUE           is about to reply          R NUMBER VALUE      has replied
///     x WHAT                   something was refused

inline constexpr int targets = 6;
inline constexpr int connected_targets = 3; ///< the first of them
inline constexpr int senders = 3;

/// Puts, takes, acknowledges and replies under load until it is killed.
[[noreturn]] void run(const std::string& directory, std::uint64_t seed, std::uint64_t first_number);

} // namespace restante::testing::crash
