#pragma once

#include "restante/broker/journal/directory_lock.hpp"

#include <filesystem>
#include <optional>

namespace restante::journal {

/// A data directory that gets its journal, whole or not at all. No broker can be started on it
/// before `finish`, nor after a crash before `finish`: the broker would begin with an empty
/// journal.
class new_directory {
public:
  /// Makes the directory if its parent exists. An existing directory must be empty, except for the
  /// remains of an interrupted build. Throws storage_error: unusable when something is in it,
  /// locked, full, read_only.
  explicit new_directory(std::filesystem::path directory);

  /// Without `finish`: removes all that was made.
  ~new_directory();
  new_directory(const new_directory&) = delete;
  new_directory& operator=(const new_directory&) = delete;

  /// An empty directory, in which to make the journal.
  const std::filesystem::path& part() const { return part_; }

  /// Moves the files from `part` into place, and gives them to the owner of the directory.
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
