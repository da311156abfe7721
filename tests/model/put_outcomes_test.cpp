// The outcomes of operations of many parts.

#include "restante/actors/model/put_outcomes.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace restante::model {
namespace {

TEST(PutOutcomes, N17_there_is_one_per_target_in_the_order_of_the_request) {
  put_outcomes all{{"b", "a", "c"}};
  put_receipt receipt;
  receipt.trace = {1, 2};
  all.accepted(2, receipt);
  all.refused(0, {errc::forbidden, "why"});
  const auto got = std::move(all).receipt();
  ASSERT_EQ(got.outcomes.size(), 3U);
  EXPECT_EQ(got.outcomes[0], (target_outcome{"b", errc::forbidden, "why", {}}));
  EXPECT_EQ(got.outcomes[1], (target_outcome{"a", errc::unknown_outcome, {}, {}}));
  EXPECT_EQ(got.outcomes[2], (target_outcome{"c", errc::none, {}, receipt}));
}

TEST(PutOutcomes, N17_a_part_beyond_the_last_target_is_passed_over) {
  put_outcomes all{{"a", "b"}};
  all.refused(2, {errc::internal, {}});
  all.accepted(2, {});
  const auto got = std::move(all).receipt();
  ASSERT_EQ(got.outcomes.size(), 2U);
  EXPECT_EQ(got.outcomes[0].code, errc::unknown_outcome);
  EXPECT_EQ(got.outcomes[1].code, errc::unknown_outcome);
}

TEST(PutOutcomesDeathTest, N17_there_is_a_target) {
  EXPECT_DEATH(put_outcomes{std::vector<std::string>{}}, "targets.empty");
}

TEST(PurgeTotal, N8_what_all_shards_removed_is_added_up) {
  purge_total total;
  EXPECT_EQ(total.receipt().removed, 0U);
  total.add({7, 3});
  total.add({8, 4});
  EXPECT_EQ(total.receipt(), (purge_receipt{0, 7}));
}

} // namespace
} // namespace restante::model
