#pragma once

#include <cstddef>

namespace restante::serve {

/// Raises the bound on open files as far as this process may, and answers what it is then.
std::size_t raise_open_files();

/// What the program opens beside its clients' sockets: the log, threads' event queues, the
/// files it reads.
inline constexpr std::size_t other_files = 100;

} // namespace restante::serve
