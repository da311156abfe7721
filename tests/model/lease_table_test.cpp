#include "restante/actors/model/lease_table.hpp"

#include <gtest/gtest.h>

#include <string>

namespace restante::model {
namespace {

const topic_address room{"", "room"};
const topic_address shared_state{"", "hall"};
constexpr instant now{1000};
constexpr instant later{2000};

TEST(LeaseTable, E3_takes_256_places_over_all_topics_and_not_one_more) {
  lease_table held{256};
  for (int i = 0; i < 256; ++i)
    ASSERT_TRUE(held.reserve(i % 2 == 0 ? room : shared_state, std::to_string(i), later, now));
  EXPECT_FALSE(held.reserve(room, "one more", later, now));
  EXPECT_EQ(held.size(), 256u);
  EXPECT_TRUE(held.reserve(room, "0", later, now)); // a renewal of its own key is always possible
  EXPECT_EQ(held.size(), 256u);
}

TEST(LeaseTable, E3_whatever_ends_a_promise_frees_its_place) {
  lease_table held{1};
  const auto first = *held.reserve(room, "k", later, now);
  held.refused(room, "k", first);
  EXPECT_TRUE(held.empty());
  const auto second = *held.reserve(room, "k", later, now);
  held.accepted(room, "k", second, later);
  held.ended(room, "k", second);
  EXPECT_TRUE(held.empty());
  ASSERT_TRUE(held.reserve(room, "k", later, now));
  held.cleared(room, "k");
  EXPECT_TRUE(held.empty());
  ASSERT_TRUE(held.reserve(room, "k", later, now));
  held.forget_topic(room);
  EXPECT_TRUE(held.empty());
  EXPECT_TRUE(held.topics().empty());
}

TEST(LeaseTable, E4_there_and_back_again_word_of_the_old_lease_is_ignored) {
  lease_table held{4};
  const auto first = *held.reserve(room, "k", later, now);
  held.accepted(room, "k", first, later);
  const auto second = *held.reserve(room, "k", later, now); // asked after B took the key over
  held.ended(room, "k", first);                             // the connection hears of that only now
  held.accepted(room, "k", second, later);
  EXPECT_EQ(held.size(), 1u);
  held.ended(room, "k", second);
  EXPECT_TRUE(held.empty());
}

TEST(LeaseTable, E3_a_refusal_restores_the_lease_accepted_last) {
  lease_table held{4};
  const auto first = *held.reserve(room, "k", later, now);
  held.accepted(room, "k", first, later);
  const auto second = *held.reserve(room, "k", later, now);
  held.refused(room, "k", second);
  EXPECT_EQ(held.size(), 1u);
  held.ended(room, "k", first); // the restored lease is the one that ends
  EXPECT_TRUE(held.empty());
}

TEST(LeaseTable, E3_a_refusal_after_the_accepted_one_has_ended_restores_nothing) {
  lease_table held{4};
  const auto first = *held.reserve(room, "k", later, now);
  held.accepted(room, "k", first, later);
  const auto second = *held.reserve(room, "k", later, now);
  held.ended(room, "k", first);
  held.refused(room, "k", second);
  EXPECT_TRUE(held.empty());
}

TEST(LeaseTable, E3_a_refusal_of_an_older_lease_changes_nothing) {
  lease_table held{4};
  const auto first = *held.reserve(room, "k", later, now);
  const auto second = *held.reserve(room, "k", later, now);
  held.refused(room, "k", first);
  EXPECT_EQ(held.size(), 1u);
  held.refused(room, "k", second);
  EXPECT_TRUE(held.empty());
}

TEST(LeaseTable, E3_E5_what_was_accepted_before_a_clear_does_not_come_back) {
  lease_table held{4};
  const auto first = *held.reserve(room, "k", later, now);
  held.cleared(room, "k");
  const auto second = *held.reserve(room, "k", later, now);
  held.accepted(room, "k", first, later); // the answer to a set that was cleared meanwhile
  held.refused(room, "k", second);
  EXPECT_TRUE(held.empty());
}

TEST(LeaseTable, E2_expiry_and_renewal_may_cross) {
  lease_table held{4};
  const auto first = *held.reserve(room, "k", instant{1500}, now);
  held.accepted(room, "k", first, instant{1500});
  const auto second = *held.reserve(room, "k", later, instant{1501});
  held.ended(room, "k", first);
  EXPECT_EQ(held.size(), 1u);
  held.accepted(room, "k", second, later);
  EXPECT_EQ(held.size(), 1u);
}

TEST(LeaseTable, E3_at_the_cap_those_past_their_deadline_go_first) {
  lease_table held{2};
  const auto first = *held.reserve(room, "a", instant{1500}, now);
  held.accepted(room, "a", first, instant{1500});
  ASSERT_TRUE(held.reserve(shared_state, "b", later, now));
  EXPECT_FALSE(held.reserve(room, "c", later, instant{1499}));
  EXPECT_TRUE(held.reserve(room, "c", later, instant{1500})); // already hidden (E7)
  EXPECT_EQ(held.size(), 2u);
  held.ended(room, "a", first); // its clear comes later
  EXPECT_EQ(held.size(), 2u);
}

TEST(LeaseTable, E6_knows_the_topics_to_tell) {
  lease_table held{9};
  held.reserve(room, "a", later, now);
  held.reserve(room, "b", later, now);
  held.reserve(shared_state, "a", later, now);
  EXPECT_EQ(held.topics(), (std::vector<topic_address>{shared_state, room}));
  held.cleared(shared_state, "a");
  EXPECT_EQ(held.topics(), (std::vector<topic_address>{room}));
}

} // namespace
} // namespace restante::model
