#pragma once

#include "restante/broker/journal/directory_lock.hpp"

#include <filesystem>
#include <optional>

namespace restante::journal {

/// A data directory that gets its journal, whole or not at all. No broker can be started on it
/// meanwhile, nor after a crash before `finish`: it would begin with an empty journal.
class new_directory {
public:
  /// Makes the directory if its parent is there; one that is there must be empty, but for what a
  /// build that was broken off has left. Throws storage_error: unusable when something is in it,
  /// locked, full, read_only.
  explicit new_directory(std::filesystem::path directory);

  /// Without `finish`: removes all that was made.
  ~new_directory();
  new_directory(const new_directory&) = delete;
  new_directory& operator=(const new_directory&) = delete;

  /// An empty directory, in which to make the journal.
  const std::filesystem::path& part() const { return part_; }

  /// Puts in place what was made in `part`, and gives it to the owner of the directory.
  void finish();

private:
  void prepare();

  std::filesystem::path directory_;
  std::filesystem::path part_;
  bool is_made_ = false; ///< the directory was not there before
  bool is_done_ = false;
  std::optional<directory_lock> lock_;
};

} // namespace restante::journal
