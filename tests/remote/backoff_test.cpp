#include "restante/actors/protocol/backoff.hpp"

#include <gtest/gtest.h>

#include <set>

namespace restante::remoting {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, W6_pauses_double_up_to_the_longest_each_cut_by_up_to_a_half) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    backoff pauses{100ms, 30'000ms, seed};
    std::chrono::milliseconds whole{100};
    for (int i = 0; i < 20; ++i) {
      const auto pause = pauses.next();
      ASSERT_LE(pause, whole) << "seed " << seed << ", pause " << i;
      ASSERT_GE(pause, whole / 2) << "seed " << seed << ", pause " << i;
      whole = std::min(2 * whole, 30'000ms);
    }
    pauses.reset();
    ASSERT_LE(pauses.next(), 100ms);
    ASSERT_LE(pauses.next(), 200ms);
  }
}

TEST(Backoff, W6_many_do_not_come_at_once) {
  std::set<std::int64_t> different;
  for (std::uint64_t seed = 1; seed <= 100; ++seed)
    different.insert(backoff{1000ms, 1000ms, seed * 0x9e3779b97f4a7c15ULL}.next().count());
  EXPECT_GT(different.size(), 95u);
}

TEST(Backoff, W6_the_same_seed_gives_the_same_pauses) {
  backoff one{100ms, 1000ms, 42};
  backoff other{100ms, 1000ms, 42};
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(one.next(), other.next());
}

TEST(Backoff, W6_a_pause_of_nothing_is_still_one) {
  backoff none{0ms, 0ms, 1};
  for (int i = 0; i < 50; ++i) {
    const auto pause = none.next();
    EXPECT_GE(pause, 500us);
    EXPECT_LE(pause, 1ms);
  }
  backoff upside_down{50ms, 10ms, 1}; // the longest is never below the first
  for (int i = 0; i < 50; ++i)
    EXPECT_GE(upside_down.next(), 25ms);
}

TEST(Backoff, W6_an_enormous_longest_pause_does_not_overflow) {
  backoff pauses{1ms, std::chrono::hours{24 * 365}, 3};
  for (int i = 0; i < 100; ++i)
    ASSERT_GT(pauses.next(), 0ns);
  EXPECT_GE(pauses.next(), std::chrono::hours{12 * 365});
}

} // namespace
} // namespace restante::remoting
