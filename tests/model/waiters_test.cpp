// Which callers wait for which reply.

#include "restante/actors/model/waiters.hpp"
#include "restante/messages/limits.hpp"

#include <gtest/gtest.h>

namespace restante::model {
namespace {

constexpr trace_id one{1, 1};
constexpr trace_id other{2, 2};

std::vector<operation_number> ops(const std::vector<waiter>& all) {
  std::vector<operation_number> numbers;
  for (const auto& who : all)
    numbers.push_back(who.op);
  return numbers;
}

using numbers = std::vector<operation_number>;

TEST(Waiters, N13_eight_wait_for_a_trace_and_the_ninth_may_not) {
  waiters all;
  for (operation_number op = 1; op <= 8; ++op)
    EXPECT_TRUE(all.add(one, {1, op, {10}}));
  EXPECT_FALSE(all.add(one, {2, 9, {10}}));
  EXPECT_TRUE(all.add(other, {2, 9, {10}})); // counted per trace
  EXPECT_EQ(ops(all.take(one)), (numbers{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_TRUE(all.take(one).empty());
  EXPECT_TRUE(all.add(one, {2, 10, {10}})); // the waiters' places are free again
}

TEST(Waiters, N13_those_whose_deadline_has_come_go_and_no_others) {
  waiters all;
  all.add(one, {1, 1, {10}});
  all.add(one, {1, 2, {20}});
  all.add(other, {1, 3, {11}});
  EXPECT_EQ(all.deadline(), instant{10});
  EXPECT_TRUE(all.take_due({9}).empty());
  EXPECT_EQ(ops(all.take_due({10})), numbers{1});
  EXPECT_EQ(all.deadline(), instant{11});
  EXPECT_EQ(ops(all.take_due({30})), (numbers{3, 2})); // in the order of deadlines
  EXPECT_TRUE(all.empty());
  EXPECT_EQ(all.deadline(), instant::never());
}

TEST(Waiters, N13_the_next_deadline_is_known_whoever_goes_and_how) {
  waiters all;
  for (std::int64_t n = 0; n < 8; ++n) {
    const auto op = static_cast<operation_number>(n);
    all.add(one, {op % 2, op, {10 + n}});
    all.add(other, {op % 2, op, {20 + n}});
  }
  EXPECT_TRUE(all.cancel(one, 0, 0));
  EXPECT_EQ(all.deadline(), instant{11});
  EXPECT_EQ(all.forget(1), 8U);
  EXPECT_EQ(all.deadline(), instant{12});
  EXPECT_EQ(all.take(one).size(), 3U);
  EXPECT_EQ(all.deadline(), instant{20});
  EXPECT_EQ(all.take_due({100}).size(), 4U);
  EXPECT_EQ(all.deadline(), instant::never());
}

TEST(Waiters, N13_all_of_a_peer_go_with_it) {
  waiters all;
  all.add(one, {1, 1, {10}});
  all.add(one, {2, 1, {10}});
  all.add(other, {1, 2, {10}});
  EXPECT_EQ(all.forget(1), 2U);
  EXPECT_EQ(all.forget(1), 0U);
  EXPECT_TRUE(all.take(other).empty());
  EXPECT_EQ(all.take(one).size(), 1U);
}

TEST(Waiters, N13_one_wait_is_cancelled_by_its_peer_and_number_only) {
  waiters all;
  all.add(one, {1, 1, {10}});
  EXPECT_FALSE(all.cancel(one, 2, 1));
  EXPECT_FALSE(all.cancel(one, 1, 2));
  EXPECT_FALSE(all.cancel(other, 1, 1));
  EXPECT_TRUE(all.cancel(one, 1, 1));
  EXPECT_FALSE(all.cancel(one, 1, 1));
  EXPECT_TRUE(all.empty());
}

} // namespace
} // namespace restante::model
