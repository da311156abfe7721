#pragma once

#include <filesystem>

namespace restante::journal {

/// Holds a data directory for one store, in this process or any other, until it ends. The kernel
/// releases the lock when a process dies: there is no stale lock.
class directory_lock {
public:
  /// Throws storage_error: unusable when the directory is not there or may not be written,
  /// read_only, locked with the number of the process that has it.
  explicit directory_lock(const std::filesystem::path& directory);
  ~directory_lock();
  directory_lock(const directory_lock&) = delete;
  directory_lock& operator=(const directory_lock&) = delete;

private:
  int file_ = -1;
};

} // namespace restante::journal
