#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

/// What the disk allows: durable work is measured beside this, on the same file system.
namespace restante::benchmarks {

/// A page of a database, and the least that a file system writes.
constexpr std::size_t synced_bytes = 4096;

/// How often a second 4 KiB can be appended to a new file in `directory` and made durable by
/// fdatasync, one after the other, for `time`. Throws std::system_error.
double syncs_per_second(const std::filesystem::path& directory, std::chrono::duration<double> time);

/// Has every write to what is created in `directory` from now on wait for the disk, as by
/// `chattr +S`: for servers that have no such setting. Throws std::system_error where the file
/// system has no such attribute.
void make_writes_durable(const std::filesystem::path& directory);

} // namespace restante::benchmarks
