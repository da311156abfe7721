#include "restante/messages/clock_note.hpp"

#include <gtest/gtest.h>

namespace restante {
namespace {

using namespace std::chrono_literals;

constexpr instant noon{1'700'000'000'000'000'000};
const clock_note last{noon, noon + 3s, {"boot a", 100s}};

} // namespace

TEST(ClockNote, T1_the_first_start_takes_the_wall_clock) {
  EXPECT_EQ(continued(std::nullopt, noon, {"boot a", 1s}), noon);
}

TEST(ClockNote, T1_within_one_start_of_the_machine_the_wall_clock_does_not_count) {
  for (const auto wall : {noon + -240h, noon, noon + 240h})
    EXPECT_EQ(continued(last, wall, {"boot a", 160s}), noon + 60s);
}

TEST(ClockNote, T1_after_a_new_start_of_the_machine_the_wall_clock_says_what_has_passed) {
  EXPECT_EQ(continued(last, last.wall + 72h, {"boot b", 1s}), noon + 72h);
  EXPECT_EQ(continued(last, last.wall + 72h, {}), noon + 72h);
}

TEST(ClockNote, T1_time_never_goes_back) {
  EXPECT_EQ(continued(last, last.wall + -72h, {"boot b", 1s}), noon);
  EXPECT_EQ(continued(last, last.wall + -72h, {}), noon);
  // The machine was started from an image: its boot clock is behind, and the wall clock counts.
  EXPECT_EQ(continued(last, last.wall + 1h, {"boot a", 99s}), noon + 1h);
}

} // namespace restante
