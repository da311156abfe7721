#include "restante/broker/journal/clocks_table.hpp"

#include "restante/broker/journal/checksum.hpp"
#include "restante/broker/journal/noted_clocks.hpp"

namespace restante::journal {
namespace {

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS clocks(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  time INTEGER NOT NULL,
  wall INTEGER NOT NULL,
  boot TEXT NOT NULL,
  since_boot INTEGER NOT NULL,
  checksum INTEGER NOT NULL) STRICT;
)";

std::int64_t checksum_of(const clock_note& note) {
  row_checksum hash;
  return hash.start('c')
      .add(note.time.ns)
      .add(note.wall.ns)
      .add(std::string_view{note.machine.boot})
      .add(note.machine.since.count())
      .value();
}

} // namespace

std::optional<clock_note> load_clocks(const sqlite::connection& db) {
  constexpr auto is_there = "SELECT count(*) FROM sqlite_schema WHERE name = 'clocks'";
  if (db.number(is_there, "reading the schema") == 0)
    return std::nullopt;
  sqlite::statement row{db, "SELECT time, wall, boot, since_boot, checksum FROM clocks"};
  if (!row.step())
    return std::nullopt;
  clock_note note;
  note.time.ns = row.number(0);
  note.wall.ns = row.number(1);
  note.machine.boot = row.bytes(2);
  note.machine.since = duration{row.number(3)};
  return row.number(4) == checksum_of(note) ? std::optional{note} : std::nullopt;
}

std::optional<clock_note> noted_clocks(const std::filesystem::path& location) {
  std::error_code unknown;
  const auto file =
      std::filesystem::is_directory(location, unknown) ? location / "journal.db" : location;
  try {
    return load_clocks(sqlite::connection{file.string(), SQLITE_OPEN_READONLY, ""});
  } catch (const storage_error&) {
    return std::nullopt;
  }
}

void write_clocks(const sqlite::connection& db, const clock_note& now) {
  db.run(schema, "noting the clocks");
  sqlite::statement row{db, "INSERT OR REPLACE INTO clocks VALUES(1, ?1, ?2, ?3, ?4, ?5)"};
  row.bind(1, now.time.ns);
  row.bind(2, now.wall.ns);
  row.bind_text(3, now.machine.boot);
  row.bind(4, now.machine.since.count());
  row.bind(5, checksum_of(now));
  row.run();
}

} // namespace restante::journal
