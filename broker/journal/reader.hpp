#pragma once

#include "restante/broker/journal/slot_states.hpp"
#include "restante/broker/journal/sqlite.hpp"
#include "restante/broker/journal/tables.hpp"

#include <map>
#include <string>
#include <vector>

namespace restante::journal {

/// Reads slots in the order of their rows and verifies them: each record by its checksum, and at
/// the end of a slot that nothing was missing. Its exceptions are storage_error; corrupt with the
/// slot.
class reader {
public:
  /// `version` is the version of the journal.
  reader(const sqlite::connection& db, slot_states& states, std::uint32_t version);

  restored_slice slice(slot_number slot, row_number after, std::size_t most, instant now);

private:
  using kept_table = table<kept_notification>;

  /// Refuses a slot in which a record is missing or damaged.
  [[noreturn]] static void refuse(slot_number slot, const std::string& why);

  /// Returns how many bytes the bodies of the notification have.
  std::size_t take(std::int64_t id, instant now, restored_slice& into, layout::slot_state& seen);
  void take_record(const kept_table& in, int column, std::int64_t id, kept_notification& into,
                   layout::slot_state& seen);

  slot_states& states_;
  std::uint32_t version_;
  row_checksum hash_;
  std::vector<cell> cells_;
  std::map<std::string, std::uint64_t> expired_;
  sqlite::statement select_;
};

} // namespace restante::journal
