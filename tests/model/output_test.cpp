#include "restante/actors/model/output.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace restante::model {
namespace {

TEST(Unconfirmed, E14_confirms_in_order_and_counts_bytes) {
  unconfirmed output;
  EXPECT_FALSE(output.confirm());
  output.add({100, trace_id{1, 1}});
  output.add({20, {}});
  EXPECT_EQ(output.bytes(), 120u);
  EXPECT_EQ(output.confirm()->trace, (trace_id{1, 1}));
  EXPECT_EQ(output.bytes(), 20u);
  EXPECT_FALSE(output.confirm()->trace);
  EXPECT_EQ(output.bytes(), 0u);
  EXPECT_TRUE(output.empty());
  EXPECT_FALSE(output.confirm()); // one confirmation too many is harmless
}

TEST(Unconfirmed, E14_many_are_confirmed_in_order_while_more_come) {
  unconfirmed output;
  std::uint64_t given = 0;
  std::uint64_t confirmed = 0;
  for (int round = 0; round < 200; ++round) {
    for (int n = 0; n < round % 17; ++n)
      output.add({1, trace_id{1, ++given}});
    for (int n = 0; n < round % 13; ++n) {
      if (const auto first = output.confirm()) {
        EXPECT_EQ(first->trace.low, ++confirmed);
      }
    }
    EXPECT_EQ(output.bytes(), given - confirmed);
    EXPECT_EQ(output.empty(), given == confirmed);
  }
}

TEST(Unconfirmed, C4_a_lost_sink_leaves_nothing) {
  unconfirmed output;
  output.add({100, {}});
  output.clear();
  EXPECT_EQ(output.bytes(), 0u);
  EXPECT_TRUE(output.empty());
}

entry_ended lost(std::string key, std::string to, std::string topic = "room") {
  return {{"", std::move(topic)}, std::move(key), 1, entry_end::taken_over, std::move(to)};
}

TEST(MissedLosses, E4_of_each_key_the_latest_word_is_kept_until_it_is_taken) {
  missed_losses missed{3};
  missed.add(lost("a", "bob"));
  const auto once = missed.bytes();
  missed.add(lost("a", "eve"));
  EXPECT_EQ(missed.bytes(), once);
  missed.add(lost("a", "bob", "hall"));
  EXPECT_EQ(missed.size(), 2u);
  EXPECT_EQ(missed.size_without({"", "room"}, "a"), 1u);
  EXPECT_EQ(missed.size_without({"", "room"}, "b"), 2u);
  const auto all = missed.take();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].new_client, "eve");
  EXPECT_EQ(missed.size(), 0u);
  EXPECT_EQ(missed.bytes(), 0u);
}

TEST(MissedLosses, E4_a_key_that_is_owned_again_is_no_loss) {
  missed_losses missed{3};
  missed.add(lost("a", "bob"));
  missed.add(lost("b", "bob"));
  missed.regained({"", "room"}, "a");
  missed.regained({"", "room"}, "c"); // never lost
  EXPECT_EQ(missed.take().size(), 1u);
  EXPECT_EQ(missed.bytes(), 0u);
}

TEST(MissedLosses, S8_it_holds_no_more_than_its_bound) {
  missed_losses missed{3};
  for (const auto* key : {"a", "b", "c", "d", "e", "d"})
    missed.add(lost(key, "bob"));
  EXPECT_EQ(missed.size(), 3u);
  missed.take();
  EXPECT_EQ(missed.bytes(), 0u);
}

} // namespace
} // namespace restante::model
