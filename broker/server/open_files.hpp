#pragma once

#include <cstddef>

namespace restante::serve {

/// Raises the bound on open files as far as this process may, and answers what it is then.
std::size_t raise_open_files();

/// What the program opens beside its clients' sockets: the log, threads' event queues, the
/// files it reads.
inline constexpr std::size_t other_files = 100;

/// How many of the `wanted` sockets may be open, for a socket is an open file. Raises the bound
/// first. Who comes beyond is told so, instead of waiting for a socket that is never accepted.
std::size_t sockets_within_open_files(std::size_t wanted);

} // namespace restante::serve
