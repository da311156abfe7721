#include "restante/broker/journal/layout.hpp"

#include "restante/broker/journal/checksum.hpp"

#include <algorithm>

namespace restante::journal::layout {
namespace {

// Small columns stand before the pack, which may be continued on pages of its own: a sweep for
// what has expired does not read those. A pack or reply is TEXT when it is JSON, BLOB when bytes.
constexpr const char* schema = R"(
CREATE TABLE journal(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  slots INTEGER NOT NULL,
  hash_key BLOB NOT NULL,
  epochs_end INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  checksum INTEGER NOT NULL) STRICT;
CREATE TABLE slots(
  slot INTEGER PRIMARY KEY,
  last_row INTEGER NOT NULL,
  notifications INTEGER NOT NULL,
  delivered INTEGER NOT NULL,
  records INTEGER NOT NULL,
  sum INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  checksum INTEGER NOT NULL) STRICT;
CREATE TABLE puts(
  id INTEGER PRIMARY KEY,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  trace BLOB NOT NULL,
  namespace TEXT NOT NULL,
  client TEXT NOT NULL,
  sender TEXT NOT NULL,
  by_server INTEGER NOT NULL,
  is_suit INTEGER NOT NULL,
  wants_receipts INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  collapse_key TEXT NOT NULL,
  pack ANY NOT NULL) STRICT;
CREATE TABLE progress(
  id INTEGER PRIMARY KEY,
  attempts INTEGER NOT NULL,
  delivered_at INTEGER NOT NULL,
  checksum INTEGER NOT NULL) STRICT;
CREATE TABLE replies(
  id INTEGER PRIMARY KEY,
  replied_at INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  value ANY NOT NULL) STRICT;
CREATE VIEW notifications AS SELECT
  n.id >> 48 AS slot,
  n.id & 281474976710655 AS row,
  lower(hex(n.trace)) AS trace,
  n.namespace, n.client, n.sender,
  iif(n.by_server, 'server', 'client') AS sent_by,
  iif(n.is_suit, 'suit', 'plain') AS kind,
  n.wants_receipts,
  n.message_id, n.collapse_key,
  datetime(n.created_at / 1000000000, 'unixepoch') AS created,
  iif(n.due_at, datetime(n.due_at / 1000000000, 'unixepoch'), NULL) AS due,
  datetime(n.expires_at / 1000000000, 'unixepoch') AS expires,
  ifnull(p.attempts, 0) AS attempts,
  iif(p.delivered_at, datetime(p.delivered_at / 1000000000, 'unixepoch'), NULL) AS delivered,
  datetime(r.replied_at / 1000000000, 'unixepoch') AS replied,
  n.pack, r.value AS reply
FROM puts n LEFT JOIN progress p ON p.id = n.id LEFT JOIN replies r ON r.id = n.id;
)";

std::string_view view_of(const std::array<std::uint8_t, 16>& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

std::uint64_t unsigned_at(const sqlite::statement& row, int column) {
  return static_cast<std::uint64_t>(row.number(column));
}

} // namespace

std::int64_t checksum_of(slot_number slot, const slot_state& state) {
  row_checksum hash;
  hash.start('l').add(slot);
  for (const auto number : {state.last_row, state.notifications, state.delivered, state.records,
                            state.sum, state.changed_by})
    hash.add(static_cast<std::int64_t>(number));
  return hash.value();
}

std::int64_t checksum_of(const journal_state& state) {
  row_checksum hash;
  return hash.start('j')
      .add(state.identity.slots)
      .add(view_of(state.identity.key))
      .add(static_cast<std::int64_t>(state.epochs_end))
      .add(static_cast<std::int64_t>(state.changed_by))
      .value();
}

std::uint64_t commits_in(const journal_state& journal, const std::vector<slot_state>& slots) {
  auto commits = journal.changed_by;
  for (const auto& slot : slots)
    commits = std::max(commits, slot.changed_by);
  return commits;
}

std::array<char, 16> bytes_of(const trace_id& trace) {
  std::array<char, 16> bytes{};
  for (std::size_t n = 0; n < 8; ++n) {
    bytes[n] = static_cast<char>(trace.high >> (56 - 8 * n));
    bytes[8 + n] = static_cast<char>(trace.low >> (56 - 8 * n));
  }
  return bytes;
}

trace_id trace_of(std::string_view bytes) {
  trace_id trace;
  for (std::size_t n = 0; n < 8 && bytes.size() == 16; ++n) {
    trace.high = trace.high << 8 | static_cast<unsigned char>(bytes[n]);
    trace.low = trace.low << 8 | static_cast<unsigned char>(bytes[8 + n]);
  }
  return trace;
}

content_of look_at(const sqlite::connection& db) {
  const auto application = db.number("PRAGMA application_id", "reading the header");
  const auto found = db.number("PRAGMA user_version", "reading the header");
  const auto tables = db.number("SELECT count(*) FROM sqlite_schema", "reading the schema");
  if (application == 0 && found == 0 && tables == 0)
    return content_of::nothing;
  if (application != application_id)
    throw storage_error{storage_fault::corrupt,
                        "journal.db is a database, but not a journal of this program"};
  if (found != version)
    throw storage_error{storage_fault::unknown_version,
                        "journal.db has version " + std::to_string(found) +
                            ", this program reads version " + std::to_string(version)};
  return content_of::journal;
}

void create(const sqlite::connection& db, const store_identity& identity) {
  if (identity.slots < 1 || identity.slots > slots_max)
    throw storage_error{storage_fault::unusable, "a journal has 1 to " + std::to_string(slots_max) +
                                                     " slots, not " +
                                                     std::to_string(identity.slots)};
  db.run("BEGIN IMMEDIATE", "creating the journal");
  db.run(schema, "creating the journal");
  db.run("PRAGMA application_id = 1383298145", "creating the journal");
  static_assert(application_id == 1383298145);
  db.run(("PRAGMA user_version = " + std::to_string(version)).c_str(), "creating the journal");
  sqlite::statement journal_row{db, "INSERT INTO journal VALUES(1, 0, x'', 0, 0, 0)"};
  journal_row.run();
  sqlite::statement slot_row{db, "INSERT INTO slots VALUES(?, 0, 0, 0, 0, 0, 0, 0)"};
  state_writer writer{db};
  writer.write(journal_state{identity, 0, 0});
  for (slot_number slot = 0; slot < identity.slots; ++slot) {
    slot_row.bind(1, slot);
    slot_row.run();
    writer.write(slot, {});
  }
  db.run("COMMIT", "creating the journal");
}

journal_state load_journal(const sqlite::connection& db) {
  sqlite::statement row{db,
                        "SELECT slots, hash_key, epochs_end, changed_by, checksum FROM journal"};
  journal_state state;
  const auto damaged = [](const char* what) {
    return storage_error{storage_fault::corrupt, std::string{"journal.db: its identity "} + what};
  };
  if (!row.step())
    throw damaged("is missing");
  const auto key = row.bytes(1);
  if (key.size() != state.identity.key.size())
    throw damaged("is damaged");
  state.identity.slots = static_cast<std::uint32_t>(row.number(0));
  std::copy(key.begin(), key.end(), state.identity.key.begin());
  state.epochs_end = unsigned_at(row, 2);
  state.changed_by = unsigned_at(row, 3);
  if (row.number(4) != checksum_of(state))
    throw damaged("is damaged");
  return state;
}

std::vector<slot_state> load_slots(const sqlite::connection& db, std::uint32_t slots) {
  sqlite::statement row{db, "SELECT slot, last_row, notifications, delivered, records, sum,"
                            " changed_by, checksum FROM slots ORDER BY slot"};
  std::vector<slot_state> all;
  while (row.step()) {
    const auto slot = static_cast<slot_number>(all.size());
    const slot_state state{unsigned_at(row, 1), unsigned_at(row, 2), unsigned_at(row, 3),
                           unsigned_at(row, 4), unsigned_at(row, 5), unsigned_at(row, 6)};
    if (row.number(0) != slot || row.number(7) != checksum_of(slot, state))
      throw storage_error{storage_fault::corrupt,
                          "journal.db: what is known of slot " + std::to_string(slot) +
                              " as a whole is damaged",
                          slot};
    all.push_back(state);
  }
  if (all.size() != slots)
    throw storage_error{storage_fault::corrupt, "journal.db: " + std::to_string(all.size()) +
                                                    " slots instead of " + std::to_string(slots)};
  return all;
}

state_writer::state_writer(const sqlite::connection& db)
    : slot_{db, "UPDATE slots SET last_row = ?2, notifications = ?3, delivered = ?4, records = ?5,"
                " sum = ?6, changed_by = ?7, checksum = ?8 WHERE slot = ?1"},
      journal_{db, "UPDATE journal SET slots = ?1, hash_key = ?2, epochs_end = ?3, changed_by = ?4,"
                   " checksum = ?5"} {}

void state_writer::write(slot_number slot, const slot_state& state) {
  int index = 0;
  slot_.bind(++index, slot);
  for (const auto number : {state.last_row, state.notifications, state.delivered, state.records,
                            state.sum, state.changed_by})
    slot_.bind(++index, static_cast<std::int64_t>(number));
  slot_.bind(++index, checksum_of(slot, state));
  slot_.run();
}

void state_writer::write(const journal_state& state) {
  journal_.bind(1, state.identity.slots);
  journal_.bind_blob(2, view_of(state.identity.key));
  journal_.bind(3, static_cast<std::int64_t>(state.epochs_end));
  journal_.bind(4, static_cast<std::int64_t>(state.changed_by));
  journal_.bind(5, checksum_of(state));
  journal_.run();
}

} // namespace restante::journal::layout
