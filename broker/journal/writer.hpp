#pragma once

#include "restante/broker/journal/checksum.hpp"
#include "restante/broker/journal/slot_states.hpp"
#include "restante/broker/journal/sqlite.hpp"

#include <optional>

namespace restante::journal {

/// Writes changes into the tables, inside a transaction of its owner, and counts them in the slot
/// states. What it throws is storage_error, with the slot where that is known.
class writer {
public:
  writer(const sqlite::connection& db, slot_states& states);

  /// The row of the first put; 0 without puts.
  row_number apply(const journal_changes& changes);

  /// Removes everything that is kept of a notification, if it is there.
  void remove(std::int64_t id);

private:
  struct progress {
    std::uint32_t attempts = 0;
    instant delivered_at;
    std::int64_t checksum = 0;
  };

  row_number apply_parts(const journal_changes& changes);
  void put(std::int64_t id, const kept_notification& kept);
  void set_attempts(std::int64_t id, std::uint32_t attempts);
  void set_delivered(std::int64_t id, instant at);
  void set_reply(std::int64_t id, const body& value, instant at);
  void write_progress(std::int64_t id, const std::optional<progress>& before, progress after);

  bool is_there(std::int64_t id);
  std::optional<progress> progress_of(std::int64_t id);
  std::optional<std::int64_t> checksum_in(sqlite::statement& table, std::int64_t id);
  bool take_out(sqlite::statement& select, sqlite::statement& remove, std::int64_t id);

  slot_states& states_;
  row_checksum hash_;
  sqlite::statement insert_put_;
  sqlite::statement insert_progress_;
  sqlite::statement update_progress_;
  sqlite::statement insert_reply_;
  sqlite::statement update_reply_;
  sqlite::statement select_put_;
  sqlite::statement select_progress_;
  sqlite::statement select_reply_;
  sqlite::statement delete_put_;
  sqlite::statement delete_progress_;
  sqlite::statement delete_reply_;
};

/// Binds a body as it is kept: TEXT when it is JSON, BLOB when it is bytes.
void bind_body(sqlite::statement& to, int index, const body& value);
body body_at(const sqlite::statement& from, int column);

} // namespace restante::journal
