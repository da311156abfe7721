#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <memory>
#include <string>

namespace restante::journal {

/// A small file beside the database, opened through its VFS so that tests can make it fail.
class vfs_file {
public:
  enum class mode { existing, create };

  /// Opens the file for its owner alone. Its name is durable with the first sync. Throws
  /// storage_error when it is there, or must be made, and cannot be opened.
  vfs_file(sqlite3_vfs* vfs, std::string path, mode how);
  ~vfs_file();
  vfs_file(const vfs_file&) = delete;
  vfs_file& operator=(const vfs_file&) = delete;

  /// Whether there is such a file.
  bool is_there() const { return file_ != nullptr; }
  sqlite3_file* get() const { return file_; }

private:
  std::string path_; ///< SQLite keeps the pointer
  std::unique_ptr<std::byte[]> memory_;
  sqlite3_file* file_ = nullptr;
};

} // namespace restante::journal
