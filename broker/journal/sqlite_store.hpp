#pragma once

#include "restante/actors/model/store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace restante::journal {

/// How a store is opened.
struct store_options {
  /// The identity of a new store; an existing store keeps its own.
  store_identity identity;

  enum class if_missing : std::uint8_t { create, refuse } missing = if_missing::create;

  /// What to do with a directory of an older version: `upgrade` it, or `keep` its version and only
  /// read it.
  enum class if_older : std::uint8_t { upgrade, keep } older = if_older::upgrade;

  /// Options for an existing store only. An older program can still read an older store afterwards.
  static store_options of_existing() {
    store_options made;
    made.missing = if_missing::refuse;
    made.older = if_older::keep;
    return made;
  }

  /// The SQLite VFS to use; empty: the default VFS. Tests simulate bad disks with it.
  std::string vfs;
};

/// A store in one SQLite database, `journal.db` in a directory of its own (docs/journal.md).
///
/// A change whose call threw is not in the store and never appears there. After a disk error, the
/// store works again from the first call for which the disk works. An error while the store is
/// being opened leaves all files as they were found.
class sqlite_store : public store {
public:
  /// Throws storage_error: unusable, locked, read_only, full, io; unknown_version for a newer
  /// program's store; corrupt for a store that is damaged, is not ours, or has lost commits.
  explicit sqlite_store(const std::filesystem::path& directory, store_options options = {});

  /// Closes the store and leaves one file, when the disk allows it. Does not throw.
  ~sqlite_store() override;

  store_identity identity() const override;
  epoch_number reserve_epochs(epoch_number at_least, epoch_number room) override;
  void commit(std::span<journal_changes> all) override;
  restored_slice restore(slot_number slot, row_number after, std::size_t most,
                         instant now) override;
  bool tidy(instant now) override;
  store_stats stats() override;
  std::optional<clock_note> last_clocks() override;
  void note_clocks(const clock_note& now) override;

  /// The smallest epoch that was never reserved.
  epoch_number epochs_end() const;

  /// The number of commits since the store was created.
  std::uint64_t commits() const;

  /// Lets SQLite check every page. Returns one line for each fault, and no lines without a fault.
  std::vector<std::string> check_pages();

private:
  class core;
  std::unique_ptr<core> core_;
};

} // namespace restante::journal
