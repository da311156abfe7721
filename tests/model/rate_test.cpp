// The token bucket: a number of operations per second, with a burst of one second's allowance.

#include "restante/actors/model/rate.hpp"

#include <gtest/gtest.h>

namespace restante::model {
namespace {

using namespace std::chrono_literals;

int allowed(rate& puts, instant now, int tries) {
  int n = 0;
  for (int i = 0; i < tries; ++i)
    n += puts.allows(now) ? 1 : 0;
  return n;
}

TEST(Rate, S8_none_means_all) {
  rate puts{0};
  EXPECT_EQ(allowed(puts, {1}, 1000), 1000);
}

TEST(Rate, S8_a_seconds_worth_at_once_and_one_more_is_refused) {
  for (const std::uint32_t most : {1U, 2U, 3U, 7U, 1000U}) {
    rate puts{most};
    EXPECT_EQ(allowed(puts, {5'000'000'000}, 2000), static_cast<int>(most)) << most;
  }
}

TEST(Rate, S8_places_come_back_one_by_one) {
  rate puts{10};
  instant now{0};
  EXPECT_EQ(allowed(puts, now, 20), 10);
  EXPECT_EQ(allowed(puts, now + 100ms + -1ns, 20), 0);
  EXPECT_EQ(allowed(puts, now + 100ms, 20), 1);
  EXPECT_EQ(allowed(puts, now + 500ms, 20), 4);
}

TEST(Rate, S8_a_long_pause_saves_up_no_more_than_a_second) {
  rate puts{10};
  EXPECT_EQ(allowed(puts, {0}, 20), 10);
  EXPECT_EQ(allowed(puts, instant{0} + 24h, 100), 10);
}

TEST(Rate, S8_works_at_the_ends_of_time_and_far_above_any_clock) {
  rate first{5};
  EXPECT_EQ(allowed(first, {0}, 20), 5);
  rate fast{4'000'000'000U};
  EXPECT_EQ(allowed(fast, {1}, 1000), 1000);
}

} // namespace
} // namespace restante::model
