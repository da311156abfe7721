#pragma once

#include "restante/broker/journal/slot_states.hpp"
#include "restante/broker/journal/sqlite.hpp"
#include "restante/broker/journal/tables.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace restante::journal {

/// Writes changes into the tables, inside a transaction of the caller, and counts the changes in
/// the slot states. Throws storage_error, with the slot if it is known.
class writer {
public:
  writer(const sqlite::connection& db, slot_states& states);

  /// Writes the changes. Returns the row number of the first put; 0 without puts.
  row_number apply(const journal_changes& changes);

  /// Removes all rows of a notification, if there are any.
  void remove(std::int64_t id);

private:
  using kept_table = table<kept_notification>;

  struct statements {
    statements(const sqlite::connection& db, const kept_table& on);

    sqlite::statement insert;
    sqlite::statement update;
    sqlite::statement select; ///< the whole row of a part without a body; else its checksum
    sqlite::statement remove;
  };

  /// The data that is counted for a record.
  struct entry {
    std::int64_t checksum = 0;
    bool is_delivered = false;
  };

  row_number apply_parts(const journal_changes& changes);
  void put(std::int64_t id, const kept_notification& kept);
  std::optional<entry> part_of(std::int64_t id, std::size_t part, kept_notification& into);
  void write_part(std::int64_t id, std::size_t part, const std::optional<entry>& before,
                  const kept_notification& kept);
  std::int64_t write(sqlite::statement& row, const kept_table& in, std::int64_t id,
                     const kept_notification& kept);
  bool is_there(std::int64_t id);
  std::optional<std::int64_t> put_checksum(std::int64_t id);

  slot_states& states_;
  row_checksum hash_;
  std::vector<cell> cells_;
  statements puts_;
  std::deque<statements> parts_; ///< one element for each kept_part
};

} // namespace restante::journal
