#include "restante/benchmarks/harness.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>

using namespace std::chrono_literals;

namespace restante::benchmarks {
namespace {

TEST(Latencies, are_summarized_by_nearest_rank) {
  std::vector<std::chrono::nanoseconds> samples;
  for (int i = 1000; i >= 1; --i)
    samples.emplace_back(i);
  const auto all = summarize(samples);
  EXPECT_EQ(all.p50, 500ns);
  EXPECT_EQ(all.p99, 990ns);
  EXPECT_EQ(all.p999, 999ns);
  EXPECT_EQ(all.longest, 1000ns);
  EXPECT_EQ(summarize({7ns}).p999, 7ns);
  EXPECT_EQ(summarize({}).longest, 0ns);
}

TEST(Threads, all_run_and_hand_on_what_one_throws) {
  std::atomic<int> ran = 0;
  EXPECT_GE(timed_threads(3, [&](std::size_t) { ++ran; }), 0);
  EXPECT_EQ(ran, 3);
  const auto failing = [](std::size_t index) {
    if (index == 1)
      throw std::runtime_error("one");
  };
  EXPECT_THROW(timed_threads(2, failing), std::runtime_error);
}

TEST(Countdown, notes_the_last_expected_arrival_and_ignores_more) {
  countdown arrivals{100};
  timed_threads(4, [&](std::size_t) {
    for (int i = 0; i < 30; ++i)
      arrivals.arrive();
  });
  EXPECT_LE(arrivals.wait(), bench_clock::now());
  countdown lacking{1};
  EXPECT_THROW(lacking.wait(0s), std::runtime_error);
}

TEST(Memory, is_read_from_the_system) {
  const auto resident = resident_bytes();
  const auto heap = heap_bytes();
  if (heap == 0)
    GTEST_SKIP() << "a sanitizer's allocator keeps no such count";
  const auto large = std::make_unique<std::vector<char>>(50'000'000, 'x');
  EXPECT_GE(resident_bytes(), resident + 40'000'000);
  EXPECT_GE(heap_bytes(), heap + 50'000'000);
}

} // namespace
} // namespace restante::benchmarks
