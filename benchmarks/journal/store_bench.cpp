// Compares the cost of the store with the cost of the disk alone and of SQLite alone.

#include "restante/benchmarks/figure.hpp"
#include "restante/benchmarks/harness.hpp"
#include "restante/broker/journal/sqlite_store.hpp"

#include <CLI/CLI.hpp>
#include <sqlite3.h>

#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace restante::benchmarks::storing {
namespace {

using namespace restante::journal;
namespace fs = std::filesystem;

struct options {
  std::string directory = ".";
  std::size_t rounds = 5;
  std::size_t commits = 300;
  std::size_t puts_at_once = 64;
  std::size_t rows = 1'000'000;
  std::size_t pack_bytes = 100;
};

double seconds_since(bench_clock::time_point start) {
  return std::chrono::duration<double>(bench_clock::now() - start).count();
}

/// A directory that is empty at first and removed in the destructor.
class scratch {
public:
  explicit scratch(const options& given) : path_{fs::path{given.directory} / "store-benchmark"} {
    fs::remove_all(path_);
    fs::create_directory(path_);
  }
  ~scratch() { fs::remove_all(path_); }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  const fs::path& path() const { return path_; }

private:
  fs::path path_;
};

kept_notification notification(std::uint64_t number, std::size_t pack_bytes) {
  kept_notification kept;
  kept.to = {"shop", "client-" + std::to_string(number % 10'000)};
  kept.trace = {number * 0x9e3779b97f4a7c15, number};
  kept.from = "sender-" + std::to_string(number % 100);
  kept.pack = body::trusted_json(std::string(pack_bytes, '7'));
  kept.created_at = {1'700'000'000'000'000'000};
  kept.expires_at = instant::never();
  return kept;
}

/// How long one append of 4 KiB takes until it is durable, for each append.
latency_summary disk_alone(const options& given) {
  const scratch here{given};
  const int file = ::open((here.path() / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const std::string block(4096, 'x');
  std::vector<std::chrono::nanoseconds> samples;
  for (std::size_t n = 0; n < given.commits; ++n) {
    const auto start = bench_clock::now();
    if (::write(file, block.data(), block.size()) < 0 || ::fdatasync(file) != 0)
      throw std::runtime_error{"the disk cannot be written"};
    samples.push_back(bench_clock::now() - start);
  }
  ::close(file);
  return summarize(std::move(samples));
}

/// One INSERT per transaction by SQLite alone, as durable as the store.
latency_summary sqlite_alone(const options& given) {
  const scratch here{given};
  sqlite3* db = nullptr;
  sqlite3_open((here.path() / "bare.db").c_str(), &db);
  sqlite3_exec(db,
               "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
               "CREATE TABLE rows(id INTEGER PRIMARY KEY, text TEXT)",
               nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO rows(text) VALUES(?)", -1, &insert, nullptr);
  const std::string text(given.pack_bytes + 100, '7');
  std::vector<std::chrono::nanoseconds> samples;
  for (std::size_t n = 0; n < given.commits; ++n) {
    const auto start = bench_clock::now();
    sqlite3_bind_text(insert, 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE)
      throw std::runtime_error{sqlite3_errmsg(db)};
    sqlite3_reset(insert);
    samples.push_back(bench_clock::now() - start);
  }
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return summarize(std::move(samples));
}

/// Commits of `puts` puts each, over all slots. Returns the time of every commit.
std::vector<std::chrono::nanoseconds> commits(store& to, const options& given, std::size_t puts,
                                              std::size_t count) {
  const auto slots = to.identity().slots;
  std::vector<std::chrono::nanoseconds> samples;
  std::uint64_t number = 0;
  for (std::size_t n = 0; n < count; ++n) {
    std::vector<journal_changes> all;
    for (std::size_t k = 0; k < puts; ++k) {
      journal_changes changes;
      changes.slot = static_cast<slot_number>(number % slots);
      changes.puts.push_back(notification(++number, given.pack_bytes));
      changes.client = changes.puts.front().to;
      all.push_back(std::move(changes));
    }
    const auto start = bench_clock::now();
    to.commit(all);
    samples.push_back(bench_clock::now() - start);
  }
  return samples;
}

struct round_result {
  double fsync_us = 0;
  double bare_us = 0;
  double lone_us = 0;
  double puts_per_second = 0;
};

round_result run_round(const options& given) {
  const auto us = [](const latency_summary& summary) {
    return std::chrono::duration<double, std::micro>(summary.p50).count();
  };
  round_result result;
  result.fsync_us = us(disk_alone(given));
  result.bare_us = us(sqlite_alone(given));
  {
    const scratch here{given};
    sqlite_store store{here.path()};
    result.lone_us = us(summarize(commits(store, given, 1, given.commits)));
  }
  const scratch here{given};
  sqlite_store store{here.path()};
  double seconds = 0;
  for (const auto sample : commits(store, given, given.puts_at_once, given.commits))
    seconds += std::chrono::duration<double>(sample).count();
  result.puts_per_second =
      static_cast<double>(given.puts_at_once) * static_cast<double>(given.commits) / seconds;
  return result;
}

void restore_all(const options& given) {
  const scratch here{given};
  std::uint64_t payload = 0;
  std::uint64_t on_disk = 0;
  {
    sqlite_store store{here.path()};
    const auto start = bench_clock::now();
    commits(store, given, 4'000, given.rows / 4'000);
    std::printf("filling with %zu rows: %.1f s\n", given.rows, seconds_since(start));
    on_disk = store.stats().bytes;
  }
  const auto heap_before = heap_bytes();
  const auto opening = bench_clock::now();
  sqlite_store store{here.path()};
  std::printf("opening: %.1f ms\n", seconds_since(opening) * 1e3);
  std::uint64_t rows = 0;
  std::size_t heap_most = 0;
  const auto start = bench_clock::now();
  for (slot_number slot = 0; slot < store.identity().slots; ++slot) {
    restored_slice slice;
    do {
      slice = store.restore(slot, slice.last, 1'000, {1});
      rows += slice.notifications.size();
      for (const auto& kept : slice.notifications)
        payload += kept.pack.size() + kept.to.ns.size() + kept.to.client.size() + kept.from.size();
      heap_most = std::max(heap_most, heap_bytes());
    } while (!slice.is_last);
  }
  const auto seconds = seconds_since(start);
  const auto per_row = [&](double bytes) { return bytes / static_cast<double>(rows); };
  std::printf("restoring %llu rows: %.2f s, %.2f us a row\n", static_cast<unsigned long long>(rows),
              seconds, per_row(seconds * 1e6));
  std::printf("on disk: %.0f bytes a row, %.0f of them beside pack and ids\n",
              per_row(static_cast<double>(on_disk)),
              per_row(static_cast<double>(on_disk) - static_cast<double>(payload)));
  std::printf(
      "heap while restoring: at most %.1f MiB more, a notification in memory is %zu bytes\n",
      static_cast<double>(heap_most - std::min(heap_most, heap_before)) / (1 << 20),
      sizeof(kept_notification));
}

int run(const options& given) {
  std::vector<round_result> rounds;
  for (std::size_t n = 0; n < given.rounds; ++n)
    rounds.push_back(run_round(given));
  const auto of = [&](double round_result::*field) {
    std::vector<double> values;
    for (const auto& round : rounds)
      values.push_back(round.*field);
    return values;
  };
  const auto middle = [&](double round_result::*field) { return median(of(field)); };
  const auto fsyncs = 1e6 / middle(&round_result::fsync_us);
  std::printf("medians of %zu rounds (least .. greatest)\n", given.rounds);
  std::printf("append 4 KiB + fdatasync, p50:  %s us, %.0f a second\n",
              shown(of(&round_result::fsync_us)).c_str(), fsyncs);
  std::printf("bare SQLite commit, p50:        %s us\n", shown(of(&round_result::bare_us)).c_str());
  std::printf("commit of one put, p50:         %s us: %.2f x bare, %+.0f us\n",
              shown(of(&round_result::lone_us)).c_str(),
              middle(&round_result::lone_us) / middle(&round_result::bare_us),
              middle(&round_result::lone_us) - middle(&round_result::bare_us));
  std::printf("%zu puts a commit:               %s puts/s: %.1f x the fsync rate\n",
              given.puts_at_once, shown(of(&round_result::puts_per_second)).c_str(),
              middle(&round_result::puts_per_second) / fsyncs);
  if (given.rows > 0)
    restore_all(given);
  return 0;
}

} // namespace
} // namespace restante::benchmarks::storing

int main(int argc, char** argv) {
  restante::benchmarks::storing::options given;
  CLI::App app{"Measures the journal's store"};
  app.add_option("--directory", given.directory, "Where to write, on the disk to be measured");
  app.add_option("--rounds", given.rounds);
  app.add_option("--commits", given.commits, "Commits of each kind in a round");
  app.add_option("--puts", given.puts_at_once, "Puts in a commit");
  app.add_option("--rows", given.rows, "Rows to restore; 0: none");
  app.add_option("--pack", given.pack_bytes, "Bytes of a pack");
  CLI11_PARSE(app, argc, argv);
  return restante::benchmarks::storing::run(given);
}
