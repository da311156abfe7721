#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

/// Measures what the disk allows. Durable work is compared with these figures, on the same file
/// system.
namespace restante::benchmarks {

/// The size of a database page, and the smallest unit that a file system writes.
constexpr std::size_t synced_bytes = 4096;

/// How many times per second 4 KiB can be appended to a new file in `directory` and made durable by
/// fdatasync, one after the other, for `time`. Throws std::system_error.
double syncs_per_second(const std::filesystem::path& directory, std::chrono::duration<double> time);

/// Makes every write to a file that is created in `directory` from now on wait for the disk, as
/// `chattr +S` does. This is for servers that have no such setting. Throws std::system_error where
/// the file system has no such attribute.
void make_writes_durable(const std::filesystem::path& directory);

} // namespace restante::benchmarks
