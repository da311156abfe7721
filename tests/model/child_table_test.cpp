// The children of a shard, and what the shard records about each.

#include "restante/actors/model/child_table.hpp"

#include <gtest/gtest.h>

namespace restante::model {
namespace {

using children = child_table<int>; // a handle is a number here

children::child& add(children& all, route_number route, std::string id, int handle = 0,
                     std::string ns = "ns") {
  children::child made;
  made.number = all.next_number();
  made.id = std::move(id);
  made.handle = handle;
  return all.add(route, std::make_shared<account>(std::move(ns), 1 << 30), std::move(made));
}

TEST(ChildTable, N3_children_that_share_a_route_are_told_apart) {
  children all;
  const auto a = add(all, 7, "a").number;
  const auto b = add(all, 7, "b").number;
  add(all, 7, "a", 0, "other");
  EXPECT_EQ(all.find(7, "ns", "a")->number, a);
  EXPECT_EQ(all.find(7, "ns", "b")->number, b);
  EXPECT_EQ(all.find(7, "other", "a")->number, 3U);
  EXPECT_EQ(all.find(7, "other", "b"), nullptr);
  EXPECT_EQ(all.find(8, "ns", "a"), nullptr);
  EXPECT_EQ(all.find(7, a)->id, "a");
  EXPECT_EQ(all.find(8, a), nullptr);
}

TEST(ChildTable, N3_those_of_a_route_are_asked_in_turn_each_once) {
  children all;
  for (const auto* id : {"a", "b", "c", "d"})
    add(all, 7, id);
  add(all, 8, "x");
  std::vector<std::string> asked;
  for (auto* one = all.next(7, 0); one != nullptr; one = all.next(7, one->number))
    asked.push_back(one->id);
  EXPECT_EQ(asked, (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_EQ(all.next(9, 0), nullptr);
}

TEST(ChildTable, N3_the_turn_goes_on_past_one_that_has_gone_or_come_meanwhile) {
  children all;
  const auto a = add(all, 7, "a").number;
  const auto b = add(all, 7, "b").number;
  const auto c = add(all, 7, "c").number;
  ASSERT_EQ(all.next(7, a)->number, b);
  all.remove(7, b); // while the shard asked the child
  EXPECT_EQ(all.next(7, b)->number, c);
  all.remove(7, c);
  const auto again = add(all, 7, "b").number;
  EXPECT_GT(again, c); // a number is never used twice
  EXPECT_EQ(all.next(7, c)->number, again);
  EXPECT_EQ(all.next(7, again), nullptr);
}

TEST(ChildTable, N19_removing_answers_the_handle_once) {
  children all;
  const auto a = add(all, 7, "a", 42).number;
  EXPECT_EQ(all.size(), 1U);
  EXPECT_EQ(all.remove(7, a), 42);
  EXPECT_EQ(all.remove(7, a), 0);
  EXPECT_EQ(all.size(), 0U);
  EXPECT_EQ(all.find(7, "ns", "a"), nullptr);
}

TEST(ChildTable, N19_what_was_forwarded_is_counted_per_child) {
  children all;
  auto& a = add(all, 7, "a");
  EXPECT_EQ(a.forwarded, 0U);
  ++a.forwarded;
  ++a.forwarded;
  add(all, 7, "b");
  EXPECT_EQ(all.find(7, "ns", "a")->forwarded, 2U); // the count that lets the child retire
  EXPECT_EQ(all.find(7, "ns", "b")->forwarded, 0U);
}

TEST(ChildTable, N8_those_due_come_in_the_order_of_their_deadlines_each_once) {
  children all;
  auto& a = add(all, 7, "a");
  auto& b = add(all, 7, "b");
  auto& c = add(all, 8, "c");
  EXPECT_EQ(all.deadline(), instant::never());
  all.set_deadline(7, a, {30});
  all.set_deadline(7, b, {10});
  all.set_deadline(8, c, {20});
  EXPECT_EQ(all.deadline(), instant{10});
  EXPECT_TRUE(all.take_due({9}, 10).empty());
  const auto first = all.take_due({20}, 1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0]->id, "b");
  const auto second = all.take_due({20}, 10);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0]->id, "c");
  EXPECT_EQ(second[0]->deadline, instant::never());
  EXPECT_EQ(all.deadline(), instant{30});
}

TEST(ChildTable, N8_a_deadline_moves_and_goes_with_its_child) {
  children all;
  auto& a = add(all, 7, "a");
  all.set_deadline(7, a, {30});
  all.set_deadline(7, a, {20});
  EXPECT_EQ(all.deadline(), instant{20});
  all.set_deadline(7, a, instant::never());
  EXPECT_EQ(all.deadline(), instant::never());
  all.set_deadline(7, a, {20});
  all.remove(7, a.number);
  EXPECT_EQ(all.deadline(), instant::never());
  EXPECT_TRUE(all.take_due({100}, 10).empty());
}

} // namespace
} // namespace restante::model
