#pragma once

#include <sqlite3.h>

#include <string>

namespace restante::journal {

/// A file that exists while a new journal is being created. It distinguishes an empty database that
/// a crash left behind from a database that has lost its content: only the first may be filled.
class creation_mark {
public:
  /// An empty `vfs` is the default VFS.
  creation_mark(std::string path, const std::string& vfs);

  bool is_set() const;

  /// Creates the file, durable when this returns. Throws storage_error.
  void set();

  /// Removes the file, if it exists. Throws storage_error.
  void clear();

private:
  std::string path_;
  sqlite3_vfs* vfs_;
};

} // namespace restante::journal
