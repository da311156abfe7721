#include "restante/benchmarks/durable/restart.hpp"

#include "restante/benchmarks/durable/embedded.hpp"

#include <algorithm>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>

namespace restante::benchmarks::durable {

namespace {

constexpr std::chrono::minutes patience{5};

double seconds_since(bench_clock::time_point start) {
  return std::chrono::duration<double>(bench_clock::now() - start).count();
}

double most_resident_bytes() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) * 1024;
}

/// One pack for each of some targets; answered when it is on disk.
void put_one_each(broker& at, std::size_t first, std::size_t count) {
  std::vector<std::string> targets;
  for (std::size_t n = 0; n < count; ++n)
    targets.push_back(target_name(first + n));
  const auto got = at.server().put_many(std::move(targets), request_for(0)).get(patience);
  expect_fine(got.code(), "put_many");
  for (const auto& one : got->outcomes)
    expect_fine(one.code, "put_many");
}

} // namespace

filling fill(const std::filesystem::path& journal, crowd_size many) {
  // As long as the process: it ends as a crashed one does.
  auto& at = *new broker{broker_options(journal)};
  const auto start = bench_clock::now();
  for (std::size_t n = 0; n < many.each; ++n)
    for (std::size_t first = 0; first < many.targets; first += put_many_targets_max)
      put_one_each(at, first, std::min(put_many_targets_max, many.targets - first));
  if (at.stats().waiting != many.targets * many.each)
    throw std::runtime_error("not all of them are there");
  return {seconds_since(start), static_cast<double>(resident_bytes())};
}

reopening reopen(const std::filesystem::path& journal, crowd_size many) {
  reopening seen;
  const auto start = bench_clock::now();
  broker at{broker_options(journal)};
  seen.opened_s = seconds_since(start);
  expect_fine(at.server().put(request_for(many.targets / 2)).get(patience).code(), "put");
  seen.answered_s = seconds_since(start);
  const auto all = many.targets * many.each + 1;
  for (auto now = at.stats(); now.journal->slots_to_restore != 0 || now.waiting < all;
       now = at.stats()) {
    if (bench_clock::now() - start > patience)
      throw std::runtime_error("not restored in time");
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  seen.restored_s = seconds_since(start);
  seen.resident_bytes = static_cast<double>(resident_bytes());
  seen.most_resident_bytes = most_resident_bytes();
  if (at.stats().waiting != all)
    throw std::runtime_error("more than was put is there");
  return seen;
}

} // namespace restante::benchmarks::durable
