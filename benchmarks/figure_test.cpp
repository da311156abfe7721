#include "restante/benchmarks/figure.hpp"

#include <gtest/gtest.h>

namespace restante::benchmarks {
namespace {

TEST(Median, is_the_middle_or_between_the_middle_two) {
  EXPECT_EQ(median({}), 0);
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
}

TEST(Verdict, says_by_how_much_a_target_is_missed) {
  const figure rate{"", "", better::higher, {goal::kind::ratio, 0.7}};
  EXPECT_EQ(verdict(rate, 1.0, 0.7), "reached");
  EXPECT_EQ(verdict(rate, 1.0, 0.35), "missed by 50.0 %");
  EXPECT_EQ(verdict(rate, 1.0, std::nullopt), "-");
  EXPECT_EQ(verdict(rate, std::nullopt, 1.0), "-");
  const figure time{"", "", better::lower, {goal::kind::ratio, 300}};
  EXPECT_EQ(verdict(time, 600, 2), "reached");
  EXPECT_EQ(verdict(time, 600, 4), "missed by 50.0 %");
  const figure wait{"", "", better::lower, {goal::kind::value, 2}};
  EXPECT_EQ(verdict(wait, std::nullopt, 2), "reached");
  EXPECT_EQ(verdict(wait, std::nullopt, 3), "missed by 50.0 %");
  EXPECT_EQ(verdict(wait, std::nullopt, 0), "reached");
  EXPECT_EQ(verdict({}, 1, 1), "-");
}

TEST(Figures, are_shown_short) {
  EXPECT_EQ(shown(1.234), "1.23");
  EXPECT_EQ(shown(12.34), "12.3");
  EXPECT_EQ(shown(1234.5), "1234");
  EXPECT_EQ(shown(std::vector<double>{}), "-");
  EXPECT_EQ(shown({1, 3, 2}), "2.00 (1.00..3.00)");
  EXPECT_EQ(shown_target({"", "", better::higher, {goal::kind::ratio, 0.7}}), ">= 0.70 x");
  EXPECT_EQ(shown_target({"", "", better::lower, {goal::kind::value, 20}}), "<= 20.0");
}

} // namespace
} // namespace restante::benchmarks
