#pragma once

#include "restante/actors/model/store.hpp"
#include "restante/broker/journal/checksum.hpp"
#include "restante/broker/journal/sqlite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The content of the database and its layout. docs/journal.md describes it for people.
namespace restante::journal::layout {

inline constexpr std::int64_t application_id = 0x52737461; ///< "Rsta", in the header of the file
inline constexpr std::uint32_t slots_max = 1 << 14;

/// The primary key of everything that is kept of a notification: a slot's rows are neighbours, in
/// their order.
inline constexpr int row_bits = 48;
constexpr std::int64_t id_of(slot_number slot, row_number row) {
  return static_cast<std::int64_t>(slot) << row_bits | static_cast<std::int64_t>(row);
}
constexpr slot_number slot_of(std::int64_t id) {
  return static_cast<slot_number>(id >> row_bits);
}
constexpr row_number row_of(std::int64_t id) {
  return static_cast<row_number>(id) & ((row_number{1} << row_bits) - 1);
}

/// The state of a slot as a whole. Every commit that changes the slot writes this state, so rows
/// cannot get lost without notice.
struct slot_state {
  row_number last_row = 0; ///< the highest row number ever assigned
  std::uint64_t notifications = 0;
  std::uint64_t delivered = 0;
  std::uint64_t records = 0;    ///< rows in the tables puts, progress and replies
  std::uint64_t sum = 0;        ///< of their checksums
  std::uint64_t changed_by = 0; ///< the number of the last commit that changed the slot

  bool operator==(const slot_state&) const = default;
};

/// The state of the journal as a whole.
struct journal_state {
  store_identity identity;
  epoch_number epochs_end = 0; ///< the smallest epoch that was never reserved
  std::uint64_t changed_by = 0;
  std::uint32_t version = 0; ///< of the directory, since version 2; 0: it is older
};

/// The version of a journal that this program can read; 0: the database is empty. Throws
/// storage_error: unknown_version, corrupt for a database that is not ours.
std::uint32_t look_at(const sqlite::connection& db);

/// Why this program does not read a version; nothing: it does.
std::optional<std::string> fault_in_version(std::uint64_t version);

/// Writes an empty journal in one transaction. Throws storage_error.
void create(const sqlite::connection& db, const store_identity& identity);

/// Brings a journal of an older version to the present one, in the transaction of its owner;
/// `state` is the state that the journal has stored. Throws storage_error.
void upgrade(const sqlite::connection& db, std::uint32_t from, journal_state state);

/// Both throw storage_error: corrupt.
journal_state load_journal(const sqlite::connection& db, std::uint32_t version);
std::vector<slot_state> load_slots(const sqlite::connection& db, std::uint32_t version,
                                   std::uint32_t slots);

/// How many commits there have been in the life of a journal.
std::uint64_t commits_in(const journal_state& journal, const std::vector<slot_state>& slots);

/// Writes one row each, inside a transaction.
class state_writer {
public:
  explicit state_writer(const sqlite::connection& db);

  void write(slot_number slot, const slot_state& state);
  void write(const journal_state& state);

private:
  sqlite::statement slot_;
  sqlite::statement journal_;
  row_checksum hash_;
  std::vector<cell> cells_;
};

} // namespace restante::journal::layout
