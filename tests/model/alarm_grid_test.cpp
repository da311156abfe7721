// When a shard's delayed messages are set.

#include "restante/actors/model/alarm_grid.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace restante::model {
namespace {

using namespace std::chrono_literals;

/// Follows the alarms until one rings at or after the deadline; returns how many rang.
int steps_to(instant deadline, instant from) {
  alarm_grid grid;
  auto now = from;
  int steps = 0;
  while (now < deadline) {
    const auto at = grid.arm(deadline, now);
    if (!at)
      return -1; // otherwise no alarm would ring again
    EXPECT_GT(*at, now);
    EXPECT_LE(*at, deadline);
    EXPECT_EQ(grid.outstanding(), 1U);
    now = *at;
    grid.rang(now);
    ++steps;
  }
  EXPECT_EQ(now, deadline); // not a tick later
  return steps;
}

TEST(AlarmGrid, T3_reaches_a_deadline_exactly_and_in_few_steps) {
  const instant now{1'700'000'000'123'456'789};
  for (const duration away : {1ns, 999'999ns, 1'000'000ns, 1'000'001ns, 1'999'999ns})
    EXPECT_LE(steps_to(now + away, now), 3) << away.count();
  for (const duration away : std::initializer_list<duration>{10s, 24h, 24h * 365, 24h * 36500})
    EXPECT_LE(steps_to(now + away + 1ns, now), 50) << away.count();
}

TEST(AlarmGrid, T3_reaches_any_deadline_from_anywhere) {
  std::mt19937_64 random{7};
  for (int n = 0; n < 2000; ++n) {
    const instant now{static_cast<std::int64_t>(random() % 4'000'000'000'000'000'000U)};
    const duration away{static_cast<std::int64_t>(random() >> (random() % 55 + 2)) + 1};
    const auto steps = steps_to(now + away, now);
    EXPECT_GE(steps, 1) << now.ns << " + " << away.count();
    EXPECT_LE(steps, 64) << now.ns << " + " << away.count();
  }
}

TEST(AlarmGrid, T3_a_deadline_that_is_past_is_now_and_never_is_none) {
  alarm_grid grid;
  EXPECT_EQ(grid.arm(instant{5}, instant{9}), instant{9});
  grid.rang({9});
  EXPECT_EQ(grid.arm(instant::never(), instant{9}), std::nullopt);
  EXPECT_EQ(grid.outstanding(), 0U);
}

TEST(AlarmGrid, T3_one_that_rings_in_time_is_enough) {
  alarm_grid grid;
  const instant now{0};
  const auto first = grid.arm(now + 10s, now);
  ASSERT_TRUE(first);
  EXPECT_EQ(grid.arm(now + 10s, now), std::nullopt); // no alarm twice
  EXPECT_EQ(grid.arm(now + 11s, now), std::nullopt); // a later deadline can wait
  const auto earlier = grid.arm(now + 1s, now);
  ASSERT_TRUE(earlier);
  EXPECT_LT(*earlier, *first);
  EXPECT_EQ(grid.outstanding(), 2U);
}

TEST(AlarmGrid, T3_ever_lowering_deadlines_leave_few_outstanding_and_no_point_twice) {
  alarm_grid grid;
  const instant now{1'700'000'000'000'000'001};
  std::set<instant> set;
  for (auto away = duration{24h}; away > 1ms; away -= away / 1000 + 1us) {
    if (const auto at = grid.arm(now + away, now)) {
      EXPECT_TRUE(set.insert(*at).second);
      EXPECT_LE(*at, now + away);
    }
  }
  EXPECT_EQ(grid.outstanding(), set.size());
  EXPECT_LE(grid.outstanding(), 64U);
}

TEST(AlarmGrid, T3_renewing_a_deadline_for_hours_keeps_few_outstanding) {
  alarm_grid grid;
  instant now{1'700'000'000'000'000'001};
  std::multiset<instant> due;
  for (int n = 0; n < 100'000; ++n) { // a lease of a minute, renewed every 50 ms
    now = now + 50ms;
    while (!due.empty() && *due.begin() <= now) {
      grid.rang(*due.begin());
      due.erase(due.begin());
    }
    if (const auto at = grid.arm(now + 60s, now))
      due.insert(*at);
    ASSERT_LE(due.size(), 64U);
    ASSERT_EQ(due.size(), grid.outstanding());
    ASSERT_FALSE(due.empty());
  }
}

} // namespace
} // namespace restante::model
