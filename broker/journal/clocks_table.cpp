#include "restante/broker/journal/clocks_table.hpp"

#include "restante/broker/journal/file_names.hpp"
#include "restante/broker/journal/noted_clocks.hpp"
#include "restante/broker/journal/tables.hpp"

namespace restante::journal {
namespace {

bool has_clocks(const sqlite::connection& db) {
  constexpr auto sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'clocks'";
  return db.number(sql, "reading the schema") != 0;
}

} // namespace

std::optional<clock_note> load_clocks(const sqlite::connection& db) {
  if (!has_clocks(db))
    return std::nullopt;
  const auto& in = tables::clocks;
  sqlite::statement row{db, "SELECT " + in.names_in(tables::version) + " FROM clocks"};
  if (!row.step())
    return std::nullopt;
  row_checksum hash;
  std::vector<cell> cells;
  row.row(0, in.columns().size(), in.columns().size(), cells);
  if (!in.is_sound(hash, 1, cells))
    return std::nullopt;
  clock_note note;
  in.read(cells, note);
  return note;
}

std::optional<clock_note> noted_clocks(const std::filesystem::path& location) {
  std::error_code unknown;
  const auto file =
      std::filesystem::is_directory(location, unknown) ? location / file_names::database : location;
  try {
    return load_clocks(sqlite::connection{file.string(), SQLITE_OPEN_READONLY, ""});
  } catch (const storage_error&) {
    return std::nullopt;
  }
}

void write_clocks(const sqlite::connection& db, const clock_note& now) {
  if (!has_clocks(db))
    db.run(tables::clocks.sql_to_create().c_str(), "noting the clocks");
  db.run("DELETE FROM clocks", "noting the clocks");
  sqlite::statement row{db, tables::clocks.sql_to_insert()};
  row_checksum hash;
  std::vector<cell> cells;
  tables::clocks.show(hash, 1, now, cells);
  row.bind(1, 1);
  row.bind_row(2, cells);
  row.run();
}

} // namespace restante::journal
