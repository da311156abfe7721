#include "restante/benchmarks/disk.hpp"
#include "restante/benchmarks/durable/bare_sqlite.hpp"
#include "restante/benchmarks/durable/embedded.hpp"
#include "restante/benchmarks/durable/restart.hpp"
#include "restante/benchmarks/figure.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace restante::benchmarks::durable {
namespace {

struct settings {
  std::string scratch = std::filesystem::temp_directory_path().string();
  std::size_t rounds = 5;
  double seconds = 3;
  std::size_t senders = 64;
  std::size_t targets = 1'000;
  std::size_t threads = 0; ///< of the broker's actors; 0: the broker's choice
  crowd_size kept;
  std::string apart; ///< fill or reopen: this process runs only that measurement and prints numbers
};

/// The figures of all rounds, by row. Rows keep the order in which they first appeared.
class table {
public:
  void add(const std::string& row, double value) {
    if (!values_.contains(row))
      rows_.push_back(row);
    values_[row].push_back(value);
  }

  void print() const {
    for (const auto& row : rows_)
      std::printf("| %-58s | %s\n", row.c_str(), shown(values_.at(row)).c_str());
    std::fflush(stdout);
  }

  double middle(const std::string& row) const { return median(values_.at(row)); }

private:
  std::vector<std::string> rows_;
  std::map<std::string, std::vector<double>> values_;
};

/// A directory that is empty at first and removed in the destructor.
class scratch {
public:
  explicit scratch(const std::string& parent) {
    auto name = (std::filesystem::path{parent} / "restante-durable-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("cannot make a directory in " + parent);
    path_ = name;
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const noexcept { return path_; }

private:
  std::filesystem::path path_;
};

double microseconds(std::chrono::nanoseconds time) {
  return static_cast<double>(time.count()) / 1e3;
}

void say_verdict(const char* what, double value, const char* sign, double target) {
  const bool is_least = *sign == '>';
  const bool reached = is_least ? value >= target : value <= target;
  std::printf("%s: %s, target %s %s: %s\n", what, shown(value).c_str(), sign, shown(target).c_str(),
              reached ? "reached" : "missed");
}

/// Measures the disk, SQLite, one sender and many senders one after the other, so that other load
/// on the machine affects all of them.
void measure_puts(const settings& set) {
  const std::chrono::duration<double> whole{set.seconds};
  const auto part = whole / 3;
  table all;
  for (std::size_t round = 1; round <= set.rounds; ++round) {
    std::fprintf(stderr, "puts, round %zu of %zu\n", round, set.rounds);
    const scratch place{set.scratch};
    auto syncs = syncs_per_second(place.path(), part);
    const auto bare = microseconds(bare_commits(place.path(), part).p50);
    auto how = broker_options(place.path() / "journal");
    how.threads = set.threads;
    broker at{std::move(how)};
    put_alone(at, set.targets, part); // makes the targets
    const auto lone = microseconds(put_alone(at, set.targets, part).p50);
    const auto many = put_at_once(at, set.senders, set.targets, whole);
    syncs = (syncs + syncs_per_second(place.path(), part)) / 2;
    all.add("the disk: 4 KiB appended and synced, /s, before and after", syncs);
    all.add("SQLite alone: one row committed, p50, us", bare);
    all.add("one sender: put to answer, p50, us", lone);
    all.add("one sender: beyond 1.3 x SQLite alone, us", lone - 1.3 * bare);
    all.add("all senders: puts, /s", many.per_second);
    all.add("all senders: puts for each sync of the disk", many.per_second / syncs);
    all.add("all senders: puts in a commit", many.per_commit);
    all.add("all senders: a commit, mean, us", many.commit_us);
    all.add("all senders: time in commits, %", many.committing * 100);
    all.add("all senders: put to answer, p50, us", microseconds(many.latency.p50));
    all.add("all senders: put to answer, p99, us", microseconds(many.latency.p99));
    all.add("all senders: CPU of a put, us", many.cpu_us);
  }
  std::printf("\nputs: %zu senders, each waiting for its answer before the next put, to %zu "
              "targets in turn; %zu-byte packs; medians (least..greatest) of %zu rounds\n\n",
              set.senders, set.targets, pack_bytes, set.rounds);
  all.print();
  constexpr double enough_per_second = 60'000;
  if (all.middle("all senders: puts, /s") >= enough_per_second)
    say_verdict("puts a second", all.middle("all senders: puts, /s"), ">=", enough_per_second);
  else
    say_verdict("puts for each sync", all.middle("all senders: puts for each sync of the disk"),
                ">=", 12);
  say_verdict("a lone put beyond 1.3 x SQLite's commit, us",
              all.middle("one sender: beyond 1.3 x SQLite alone, us"), "<=", 200);
}

/// Runs this program for one measurement. Returns the numbers that the program prints.
std::vector<double> measure_apart(const char* what, const std::filesystem::path& scratch,
                                  crowd_size many) {
  const auto own = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto command = "'" + own + "' --apart " + what + " --scratch '" + scratch.string() +
                       "' --kept-targets " + std::to_string(many.targets) + " --kept-each " +
                       std::to_string(many.each);
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr)
    throw std::runtime_error("cannot start a process");
  std::vector<double> values;
  for (double value = 0; std::fscanf(output, "%lf", &value) == 1;)
    values.push_back(value);
  if (pclose(output) != 0)
    throw std::runtime_error(std::string{what} + " failed");
  return values;
}

[[noreturn]] void run_apart(const settings& set) {
  const auto journal = std::filesystem::path{set.scratch} / "journal";
  if (set.apart == "fill") {
    const auto got = fill(journal, set.kept);
    std::printf("%.17g %.17g\n", got.seconds, got.resident_bytes);
  } else {
    const auto got = reopen(journal, set.kept);
    std::printf("%.17g %.17g %.17g %.17g %.17g\n", got.opened_s, got.answered_s, got.restored_s,
                got.resident_bytes, got.most_resident_bytes);
  }
  std::fflush(stdout);
  std::_Exit(0); // ends the process without cleanup, as a crash does
}

/// Each round opens a copy of the directory of a full broker that ended without a shutdown.
void measure_restart(const settings& set) {
  constexpr double mebibyte = 1 << 20;
  table all;
  const scratch place{set.scratch};
  std::fprintf(stderr, "restart: filling\n");
  const auto filled = measure_apart("fill", place.path(), set.kept);
  const auto before = filled.at(1);
  all.add("filling, s", filled.at(0));
  all.add("resident before, MiB", before / mebibyte);
  all.add("journal, MiB", [&] {
    double bytes = 0;
    for (const auto& each : std::filesystem::directory_iterator{place.path() / "journal"})
      bytes += static_cast<double>(each.file_size());
    return bytes / mebibyte;
  }());
  for (std::size_t round = 1; round <= set.rounds; ++round) {
    std::fprintf(stderr, "restart, round %zu of %zu\n", round, set.rounds);
    const auto copy = place.path() / "copy";
    std::filesystem::create_directory(copy);
    std::filesystem::copy(place.path() / "journal", copy / "journal",
                          std::filesystem::copy_options::recursive);
    const auto seen = measure_apart("reopen", copy, set.kept);
    std::filesystem::remove_all(copy);
    all.add("until the broker is there, s", seen.at(0));
    all.add("until the first put is answered, s", seen.at(1));
    all.add("until all is restored, s", seen.at(2));
    all.add("resident with all restored, MiB", seen.at(3) / mebibyte);
    all.add("resident with all restored, of that before", seen.at(3) / before);
    all.add("resident at most meanwhile, of that before", seen.at(4) / before);
  }
  std::printf("\nrestart: %zu notifications of %zu bytes for each of %zu targets, after a crash; "
              "medians (least..greatest) of %zu rounds\n\n",
              set.kept.each, pack_bytes, set.kept.targets, set.rounds);
  all.print();
  say_verdict("first answer, s", all.middle("until the first put is answered, s"), "<=", 1);
  say_verdict("all restored, s", all.middle("until all is restored, s"), "<=", 15);
  say_verdict("resident, of that before", all.middle("resident with all restored, of that before"),
              "<=", 1.2);
}

void print_machine() {
  std::array<double, 1> load{};
  getloadavg(load.data(), 1);
  std::printf("%u cores, load %.2f before the start\n", std::thread::hardware_concurrency(),
              load[0]);
  std::fflush(stdout);
}

} // namespace
} // namespace restante::benchmarks::durable

/// Measures what the journal costs a broker in this process, and how long a restart takes. Exits
/// with 1 when something could not be measured; a missed target is no failure.
int main(int argc, char** argv) {
  using namespace restante::benchmarks::durable;
  settings set;
  std::vector<std::string> only{"puts", "restart"};
  CLI::App app{"What the journal costs a broker in this process, and its restart"};
  app.add_option("--scratch", set.scratch, "where to write: on the disk to be measured")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  app.add_option("--only", only, "these")->check(CLI::IsMember({"puts", "restart"}));
  app.add_option("--rounds", set.rounds)->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--seconds", set.seconds, "of a round of puts")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str();
  app.add_option("--senders", set.senders)->check(CLI::Range(1, 10'000))->capture_default_str();
  app.add_option("--targets", set.targets, "that they put to")->capture_default_str();
  app.add_option("--threads", set.threads, "of the broker's actors; 0: one per core")
      ->capture_default_str();
  app.add_option("--kept-targets", set.kept.targets, "that have something kept over the restart")
      ->capture_default_str();
  app.add_option("--kept-each", set.kept.each, "notifications of each of them")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--apart", set.apart)->group("");
  CLI11_PARSE(app, argc, argv);
  try {
    if (!set.apart.empty())
      run_apart(set);
    print_machine();
    if (std::ranges::find(only, "puts") != only.end())
      measure_puts(set);
    if (std::ranges::find(only, "restart") != only.end())
      measure_restart(set);
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
