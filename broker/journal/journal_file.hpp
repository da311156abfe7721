#pragma once

#include "restante/broker/journal/reader.hpp"
#include "restante/broker/journal/slot_states.hpp"
#include "restante/broker/journal/sqlite.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace restante::journal {

/// The URI of a file that no process writes, for SQLITE_OPEN_URI: SQLite takes no locks then and
/// makes no files beside this file.
std::string immutable_address(const std::filesystem::path& file);

/// A journal in one file that no process writes: a backup. Reading it creates and changes no file,
/// so it works on a read-only disk.
class journal_file {
public:
  /// Throws storage_error: unusable when there is no such file, or another file beside it belongs
  /// to it; also the errors of reading a journal.
  explicit journal_file(const std::filesystem::path& file);

  store_identity identity() const { return journal_.identity; }
  std::uint64_t commits() const;
  store_stats stats() const;

  /// See `store::restore`.
  restored_slice restore(slot_number slot, row_number after, std::size_t most, instant now) {
    return reader_.slice(slot, after, most, now);
  }

  std::vector<std::string> check_pages() const { return db_.check_pages(); }

private:
  std::filesystem::path path_;
  sqlite::connection db_;
  std::uint32_t version_;
  layout::journal_state journal_;
  slot_states states_;
  reader reader_;
};

} // namespace restante::journal
