#include "restante/benchmarks/durable/bare_sqlite.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace restante::benchmarks::durable {

namespace {

constexpr std::size_t row_bytes = 200; ///< a pack of 100 bytes and the columns stored with it

struct closing {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

void check(sqlite3* db, bool fine) {
  if (!fine)
    throw std::runtime_error(std::string{"SQLite: "} + sqlite3_errmsg(db));
}

} // namespace

latency_summary bare_commits(const std::filesystem::path& directory,
                             std::chrono::duration<double> time) {
  const auto path = directory / "bare.db";
  sqlite3* raw = nullptr;
  const int code = sqlite3_open(path.c_str(), &raw);
  const std::unique_ptr<sqlite3, closing> db{raw};
  check(raw, code == SQLITE_OK);
  constexpr const char* making = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "CREATE TABLE rows(id INTEGER PRIMARY KEY, text TEXT)";
  check(raw, sqlite3_exec(raw, making, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_stmt* raw_insert = nullptr;
  check(raw, sqlite3_prepare_v2(raw, "INSERT INTO rows(text) VALUES(?)", -1, &raw_insert,
                                nullptr) == SQLITE_OK);
  const std::unique_ptr<sqlite3_stmt, closing> insert{raw_insert};
  const std::string text(row_bytes, '7');
  std::vector<std::chrono::nanoseconds> samples;
  const auto start = bench_clock::now();
  for (auto at = start; at - start < time; at = bench_clock::now()) {
    sqlite3_bind_text(raw_insert, 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    check(raw, sqlite3_step(raw_insert) == SQLITE_DONE);
    sqlite3_reset(raw_insert);
    samples.push_back(bench_clock::now() - at);
  }
  return summarize(std::move(samples));
}

} // namespace restante::benchmarks::durable
