#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace restante::journal {

/// Stores, beside the database, the number of acknowledged commits. The recovery of a write-ahead
/// log stops at the first damaged frame and silently drops the rest; a database with fewer commits
/// than its commit mark has lost some.
///
/// The number is written after each commit and made durable now and then, so it is never ahead of
/// the database; after a loss of power it may be behind. If there is a commit mark, there was a
/// database.
class commit_mark {
public:
  /// Creates no file yet. An empty `vfs` is the default VFS.
  commit_mark(const std::string& path, const std::string& vfs);
  ~commit_mark();
  commit_mark(const commit_mark&) = delete;
  commit_mark& operator=(const commit_mark&) = delete;

  /// The highest number in the file; nothing when there is no file. Throws storage_error: corrupt
  /// when the file contains no number, io.
  std::optional<std::uint64_t> read();

  /// Notes `commits`, which have all been made durable. Does not throw and does not wait for the
  /// disk: a number that cannot be written now is written with the next one.
  void note(std::uint64_t commits) noexcept;

  /// Makes the noted number durable; creates the commit mark when there is none. Throws
  /// storage_error.
  void sync(std::uint64_t commits);

  bool is_synced() const { return is_synced_; }

private:
  bool open(bool create);
  int write(std::size_t index, std::uint64_t commits) noexcept;

  std::string path_;
  sqlite3_vfs* vfs_;
  std::unique_ptr<std::byte[]> memory_;
  sqlite3_file* file_ = nullptr; ///< null: not open
  bool is_synced_ = false;
  std::size_t next_synced_ = 0; ///< the two durable places take turns
};

} // namespace restante::journal
