#pragma once

#include <cstddef>

namespace restante::serve {

/// Raises the limit on open files as far as this process may, and answers the new limit.
std::size_t raise_open_files();

/// Files that the program opens in addition to its clients' sockets: the log, the event queues of
/// threads, the files it reads.
inline constexpr std::size_t other_files = 100;

/// How many of the `wanted` sockets may be open, because a socket is an open file. Raises the limit
/// first. Clients beyond this number get a refusal, instead of waiting for a socket that is never
/// accepted.
std::size_t sockets_within_open_files(std::size_t wanted);

} // namespace restante::serve
