#include "restante/actors/model/repeat_filter.hpp"

#include <gtest/gtest.h>

namespace restante::model {
namespace {

using namespace std::chrono_literals;

constexpr instant start{1'000'000'000'000};

} // namespace

TEST(RepeatFilter, N4_what_goes_on_is_told_at_first_and_then_once_a_period_with_its_number) {
  repeat_filter seen;
  EXPECT_EQ(seen.count("ann", start), 1U);
  for (int n = 1; n < 60; ++n)
    EXPECT_EQ(seen.count("ann", start + n * 1s), 0U);
  EXPECT_EQ(seen.count("ann", start + 60s), 60U);
  EXPECT_EQ(seen.count("ann", start + 61s), 0U);
}

TEST(RepeatFilter, N4_what_was_over_is_told_again) {
  repeat_filter seen;
  EXPECT_EQ(seen.count("ann", start), 1U);
  EXPECT_EQ(seen.count("ann", start + 1s), 0U);
  EXPECT_EQ(seen.count("ann", start + 61s), 1U); // without the repeat before
}

TEST(RepeatFilter, N4_what_happens_once_is_not_told_where_only_repetition_is) {
  repeat_filter seen{2};
  EXPECT_EQ(seen.count("ann", start), 0U);
  EXPECT_EQ(seen.count("bob", start), 0U);
  EXPECT_EQ(seen.count("ann", start + 61s), 0U);
  EXPECT_EQ(seen.count("ann", start + 62s), 2U);
}

TEST(RepeatFilter, S8_beyond_its_bound_new_keys_are_not_told_until_old_ones_are_over) {
  repeat_filter seen;
  for (std::size_t n = 0; n < repeat_filter::keys_max; ++n)
    EXPECT_EQ(seen.count(std::to_string(n), start), 1U);
  EXPECT_EQ(seen.count("one more", start + 59s), 0U);
  EXPECT_EQ(seen.count("one more", start + 60s), 1U);
}

} // namespace restante::model
