#pragma once

#include <sqlite3.h>

#include <string>

namespace restante::journal {

/// A VFS over another one that hands SQLite's log to it in large pieces. SQLite writes the log in
/// two pieces a page, 50 system calls for a commit of some 20 puts; here they are gathered, and
/// written when the log is synchronized, read, cut, measured or closed, or when there is a gap.
///
/// Nobody sees the difference: SQLite says that a commit is in the log only when that is
/// synchronized (`synchronous=FULL`), and what is not yet written a crash would have lost as well.
/// An error of a write comes from the sync instead. On a VFS that does not promise
/// SQLITE_IOCAP_POWERSAFE_OVERWRITE it passes everything on as it comes.
///
/// Outlives the connections that use it.
class gathering_vfs {
public:
  /// Over the VFS of that name; an empty one is the default. Throws storage_error: unusable when
  /// there is none.
  explicit gathering_vfs(const std::string& under);
  ~gathering_vfs();
  gathering_vfs(const gathering_vfs&) = delete;
  gathering_vfs& operator=(const gathering_vfs&) = delete;

  const std::string& name() const { return name_; }

private:
  std::string name_;
  sqlite3_vfs vfs_{};
};

} // namespace restante::journal
