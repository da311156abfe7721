#include "restante/benchmarks/durable/restart.hpp"

#include "restante/benchmarks/durable/embedded.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>

namespace restante::benchmarks::durable {

namespace {

constexpr std::chrono::minutes patience{5};
constexpr std::size_t at_once = 4'096; ///< a server identity may have more operations under way

double seconds_since(bench_clock::time_point start) {
  return std::chrono::duration<double>(bench_clock::now() - start).count();
}

void wait_until(const std::function<bool()>& is_so) {
  for (const auto start = bench_clock::now(); !is_so();
       std::this_thread::sleep_for(std::chrono::milliseconds{2}))
    if (bench_clock::now() - start > patience)
      throw std::runtime_error("not all of them are there");
}

double most_resident_bytes() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) * 1024;
}

/// Puts a notification with its own pack to each of some targets. Returns when all of them are on
/// disk.
void put_one_each(broker& at, std::size_t first, std::size_t count) {
  countdown answers{count};
  std::atomic<errc> failed = errc::none;
  for (std::size_t n = 0; n < count; ++n)
    at.server().put(request_for(first + n), [&](const outcome<put_receipt>& got) {
      if (!got)
        failed.store(got.code());
      answers.arrive();
    });
  answers.wait();
  expect_fine(failed.load(), "put");
}

} // namespace

filling fill(const std::filesystem::path& journal, crowd_size many) {
  // The broker lives as long as the process, which ends as a crashed process does.
  auto& at = *new broker{broker_options(journal)};
  const auto start = bench_clock::now();
  for (std::size_t n = 0; n < many.each; ++n)
    for (std::size_t first = 0; first < many.targets; first += at_once)
      put_one_each(at, first, std::min(at_once, many.targets - first));
  const auto seconds = seconds_since(start);
  wait_until([&] { return at.stats().waiting == many.targets * many.each; });
  return {seconds, static_cast<double>(resident_bytes())};
}

reopening reopen(const std::filesystem::path& journal, crowd_size many) {
  reopening seen;
  const auto start = bench_clock::now();
  broker at{broker_options(journal)};
  seen.opened_s = seconds_since(start);
  expect_fine(at.server().put(request_for(many.targets / 2)).get(patience).code(), "put");
  seen.answered_s = seconds_since(start);
  const auto all = many.targets * many.each + 1;
  wait_until([&] { return at.stats().journal->slots_to_restore == 0; });
  wait_until([&] { return at.stats().waiting == all; });
  seen.restored_s = seconds_since(start);
  seen.resident_bytes = static_cast<double>(resident_bytes());
  seen.most_resident_bytes = most_resident_bytes();
  return seen;
}

} // namespace restante::benchmarks::durable
