// The operations a connection has under way.

#include "restante/actors/model/operations.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace restante::model {
namespace {

using all = operations<std::string>;

TEST(Operations, C7_an_outcome_finds_its_operation_once) {
  all under_way;
  const auto op = under_way.begin("put", 1, {10});
  EXPECT_NE(op, 0U);
  ASSERT_NE(under_way.find(op), nullptr);
  EXPECT_EQ(*under_way.find(op), "put");
  EXPECT_EQ(under_way.finish(op), "put");
  EXPECT_EQ(under_way.finish(op), std::nullopt);
  EXPECT_EQ(under_way.find(op), nullptr);
  EXPECT_EQ(under_way.size(), 0U);
}

TEST(Operations, C7_a_late_outcome_does_not_find_who_has_the_place_now) {
  all under_way;
  const auto first = under_way.begin("first", 1, {10});
  under_way.finish(first);
  const auto second = under_way.begin("second", 1, {10});
  EXPECT_NE(first, second);
  EXPECT_EQ(under_way.find(first), nullptr);
  EXPECT_EQ(under_way.finish(first), std::nullopt);
  EXPECT_EQ(under_way.finish_part(first), std::nullopt);
  EXPECT_EQ(*under_way.find(second), "second");
}

TEST(Operations, C7_numbers_nobody_gave_out_find_nothing) {
  all under_way;
  EXPECT_EQ(under_way.find(0), nullptr);
  EXPECT_EQ(under_way.find(~operation_number{0}), nullptr);
  under_way.begin("put", 1, {10});
  EXPECT_EQ(under_way.find(0), nullptr);
  EXPECT_EQ(under_way.find(~operation_number{0}), nullptr);
}

TEST(Operations, N17_is_over_when_the_last_of_1024_parts_is_answered) {
  all under_way;
  const auto op = under_way.begin("put_many", 1024, {10});
  const auto other = under_way.begin("other", 1, {10});
  for (operation_number part = 0; part < 1023; ++part) {
    EXPECT_EQ(all::part_of(op + part), part);
    ASSERT_NE(under_way.find(op + part), nullptr);
    EXPECT_EQ(*under_way.find(op + part), "put_many");
    EXPECT_EQ(under_way.finish_part(op + part), std::nullopt);
  }
  EXPECT_EQ(under_way.finish_part(op + 1023), "put_many");
  EXPECT_EQ(under_way.finish_part(op + 1023), std::nullopt);
  EXPECT_EQ(*under_way.find(other), "other");
}

TEST(Operations, N17_numbers_of_parts_never_meet_those_of_others) {
  all under_way;
  std::set<operation_number> seen;
  for (int n = 0; n < 50; ++n) {
    const auto op = under_way.begin("x", 1024, {10});
    for (operation_number part = 0; part < 1024; ++part)
      EXPECT_TRUE(seen.insert(op + part).second);
    if (n % 2 == 0)
      under_way.finish(op);
  }
}

TEST(Operations, S10_those_past_their_deadline_are_taken_and_no_others) {
  all under_way;
  EXPECT_EQ(under_way.deadline(), instant::never());
  under_way.begin("late", 1, {20});
  const auto early = under_way.begin("early", 3, {10});
  EXPECT_EQ(under_way.deadline(), instant{10});
  EXPECT_TRUE(under_way.take_due({9}).empty());
  EXPECT_EQ(under_way.take_due({10}), std::vector<std::string>{"early"});
  EXPECT_EQ(under_way.finish_part(early), std::nullopt);
  EXPECT_EQ(under_way.deadline(), instant{20});
  EXPECT_EQ(under_way.take_all(), std::vector<std::string>{"late"});
  EXPECT_EQ(under_way.size(), 0U);
}

TEST(Operations, S10_each_is_visited_under_its_number) {
  all under_way;
  const auto a = under_way.begin("a", 1, {10});
  const auto b = under_way.begin("b", 1, {10});
  const auto c = under_way.begin("c", 1, {10});
  under_way.finish(b);
  std::set<std::pair<operation_number, std::string>> seen;
  under_way.for_each([&](operation_number op, const std::string& held) { seen.emplace(op, held); });
  EXPECT_EQ(seen, (std::set<std::pair<operation_number, std::string>>{{a, "a"}, {c, "c"}}));
}

} // namespace
} // namespace restante::model
