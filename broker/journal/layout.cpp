#include "restante/broker/journal/layout.hpp"

#include "restante/broker/journal/file_names.hpp"
#include "restante/broker/journal/tables.hpp"

#include <algorithm>

namespace restante::journal::layout {
namespace {

storage_error damaged(const std::string& what, std::optional<slot_number> slot = {}) {
  return {storage_fault::corrupt, std::string{file_names::database} + ": " + what, slot};
}

/// Visits every table except the table of clocks, which is created when clocks are noted.
template <class Visit>
void for_each_table(Visit visit) {
  visit(tables::journal);
  visit(tables::slots);
  visit(tables::puts);
  for (const auto& part : tables::parts)
    visit(part.in);
}

void set_version(const sqlite::connection& db, const char* doing) {
  db.run(("PRAGMA user_version = " + std::to_string(tables::version)).c_str(), doing);
}

/// The same row so many times, with one key after the other.
template <class Row>
void insert(const sqlite::connection& db, const table<Row>& into, std::int64_t first,
            std::int64_t count, const Row& row) {
  sqlite::statement statement{db, into.sql_to_insert()};
  row_checksum hash;
  std::vector<cell> cells;
  for (auto key = first; key < first + count; ++key) {
    into.show(hash, key, row, cells);
    statement.bind(1, key);
    statement.bind_row(2, cells);
    statement.run();
  }
}

} // namespace

std::uint64_t commits_in(const journal_state& journal, const std::vector<slot_state>& slots) {
  auto commits = journal.changed_by;
  for (const auto& slot : slots)
    commits = std::max(commits, slot.changed_by);
  return commits;
}

std::optional<std::string> fault_in_version(std::uint64_t version) {
  if (version >= 1 && version <= tables::version)
    return {};
  return "has version " + std::to_string(version) + ", this program reads versions 1 to " +
         std::to_string(tables::version);
}

std::uint32_t look_at(const sqlite::connection& db) {
  const auto application = db.number("PRAGMA application_id", "reading the header");
  const auto found = db.number("PRAGMA user_version", "reading the header");
  const auto tables = db.number("SELECT count(*) FROM sqlite_schema", "reading the schema");
  if (application == 0 && found == 0 && tables == 0)
    return 0;
  if (application != application_id)
    throw storage_error{storage_fault::corrupt,
                        std::string{file_names::database} +
                            " is a database, but not a journal of this program"};
  if (const auto fault = fault_in_version(static_cast<std::uint64_t>(found)))
    throw storage_error{storage_fault::unknown_version,
                        std::string{file_names::database} + " " + *fault};
  return static_cast<std::uint32_t>(found);
}

void create(const sqlite::connection& db, const store_identity& identity) {
  if (identity.slots < 1 || identity.slots > slots_max)
    throw storage_error{storage_fault::unusable, "a journal has 1 to " + std::to_string(slots_max) +
                                                     " slots, not " +
                                                     std::to_string(identity.slots)};
  constexpr const char* doing = "creating the journal";
  db.run("BEGIN IMMEDIATE", doing);
  for_each_table([&](const auto& each) { db.run(each.sql_to_create().c_str(), doing); });
  db.run(tables::view, doing);
  db.run("PRAGMA application_id = 1383298145", doing);
  static_assert(application_id == 1383298145);
  set_version(db, doing);
  insert(db, tables::journal, 1, 1, journal_state{identity, 0, 0, tables::version});
  insert(db, tables::slots, 0, identity.slots, slot_state{});
  db.run("COMMIT", doing);
}

void upgrade(const sqlite::connection& db, std::uint32_t from, journal_state state) {
  constexpr const char* doing = "upgrading the journal";
  for_each_table([&](const auto& each) { db.run(each.sql_to_upgrade(from).c_str(), doing); });
  db.run("DROP VIEW IF EXISTS notifications", doing);
  db.run(tables::view, doing);
  set_version(db, doing);
  state.version = tables::version;
  state_writer{db}.write(state);
}

journal_state load_journal(const sqlite::connection& db, std::uint32_t version) {
  const auto& in = tables::journal;
  sqlite::statement row{db, "SELECT " + in.names_in(version) + " FROM journal"};
  if (!row.step())
    throw damaged("its identity is missing");
  row_checksum hash;
  std::vector<cell> cells;
  row.row(0, in.columns_in(version), in.columns().size(), cells);
  if (!in.is_sound(hash, 1, cells))
    throw damaged("its identity is damaged");
  journal_state state;
  in.read(cells, state);
  if (version > 1 && state.version != version)
    throw damaged("its header says version " + std::to_string(version) + ", its identity version " +
                  std::to_string(state.version));
  return state;
}

std::vector<slot_state> load_slots(const sqlite::connection& db, std::uint32_t version,
                                   std::uint32_t slots) {
  const auto& in = tables::slots;
  sqlite::statement row{db, "SELECT slot, " + in.names_in(version) + " FROM slots ORDER BY slot"};
  row_checksum hash;
  std::vector<cell> cells;
  std::vector<slot_state> all;
  while (row.step()) {
    const auto slot = static_cast<slot_number>(all.size());
    row.row(1, in.columns_in(version), in.columns().size(), cells);
    if (row.number(0) != slot || !in.is_sound(hash, slot, cells))
      throw damaged("what is known of slot " + std::to_string(slot) + " as a whole is damaged",
                    slot);
    in.read(cells, all.emplace_back());
  }
  if (all.size() != slots)
    throw damaged(std::to_string(all.size()) + " slots instead of " + std::to_string(slots));
  return all;
}

state_writer::state_writer(const sqlite::connection& db)
    : slot_{db, tables::slots.sql_to_update()}, journal_{db, tables::journal.sql_to_update()} {}

void state_writer::write(slot_number slot, const slot_state& state) {
  tables::slots.show(hash_, slot, state, cells_);
  slot_.bind(1, slot);
  slot_.bind_row(2, cells_);
  slot_.run();
}

void state_writer::write(const journal_state& state) {
  tables::journal.show(hash_, 1, state, cells_);
  journal_.bind(1, 1);
  journal_.bind_row(2, cells_);
  journal_.run();
}

} // namespace restante::journal::layout
