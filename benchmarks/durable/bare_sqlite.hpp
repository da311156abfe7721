#pragma once

#include "restante/benchmarks/harness.hpp"

#include <chrono>
#include <filesystem>

namespace restante::benchmarks::durable {

/// How long SQLite alone takes to commit one row of about the size of a notification, as durably as
/// the journal: WAL, synchronous = FULL, in a new database in `directory`.
latency_summary bare_commits(const std::filesystem::path& directory,
                             std::chrono::duration<double> time);

} // namespace restante::benchmarks::durable
