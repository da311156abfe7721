// The topics that a connection is subscribed to, and the clients that it watches.

#include "restante/actors/model/subscriptions.hpp"
#include "restante/actors/model/watches.hpp"

#include <gtest/gtest.h>

namespace restante::model {
namespace {

using names = std::vector<std::string>;

event_batch batch_of(std::string topic, epoch_number epoch, std::uint64_t first,
                     std::uint64_t last) {
  event_batch batch{{"", std::move(topic)}, epoch, {}};
  for (auto seq = first; seq <= last; ++seq) {
    batch.events.emplace_back();
    batch.events.back().seq = seq;
  }
  return batch;
}

TEST(Subscriptions, S8_the_topic_past_the_bound_has_no_place) {
  subscriptions all{2};
  EXPECT_EQ(all.ask("a"), added::fresh);
  EXPECT_EQ(all.ask("b"), added::fresh);
  EXPECT_EQ(all.ask("c"), added::full);
  EXPECT_EQ(all.ask("a"), added::known); // also at the bound
  all.leave("a");
  EXPECT_EQ(all.ask("c"), added::fresh);
  EXPECT_EQ(all.size(), 2U);
}

TEST(Subscriptions, S8_a_refusal_gives_the_place_back_unless_the_topic_has_answered) {
  subscriptions all{2};
  all.ask("a");
  all.refused("a");
  all.refused("a");
  EXPECT_FALSE(all.contains("a"));
  all.ask("b");
  all.begin("b", 1, 0);
  all.refused("b"); // the answer to a second question, which crossed the first answer
  EXPECT_TRUE(all.contains("b"));
}

TEST(Subscriptions, E11_events_pass_behind_the_snapshot_and_only_of_its_epoch) {
  subscriptions all{2};
  EXPECT_FALSE(all.continues(batch_of("a", 7, 1, 1))); // not subscribed
  all.ask("a");
  EXPECT_FALSE(all.continues(batch_of("a", 7, 1, 1))); // the snapshot is on its way
  all.begin("a", 7, 5);
  EXPECT_FALSE(all.continues(batch_of("a", 7, 4, 5))); // the snapshot contains the events
  EXPECT_FALSE(all.continues(batch_of("a", 6, 6, 6)));
  EXPECT_FALSE(all.continues(batch_of("b", 7, 6, 6)));
  ASSERT_TRUE(all.continues(batch_of("a", 7, 5, 6)));
  all.pass(batch_of("a", 7, 5, 6));
  EXPECT_FALSE(all.continues(batch_of("a", 7, 6, 6))); // passed on once
  EXPECT_TRUE(all.continues(batch_of("a", 7, 7, 7)));
}

TEST(Subscriptions, E14_a_lagging_topic_is_asked_for_a_snapshot_once_and_lives_again) {
  subscriptions all{2};
  all.ask("a");
  all.begin("a", 7, 5);
  all.lag("a");
  all.lag("a");
  EXPECT_EQ(all.lagging(), 1U);
  EXPECT_FALSE(all.continues(batch_of("a", 7, 6, 6)));
  EXPECT_EQ(all.resync(), names{"a"});
  EXPECT_EQ(all.resync(), names{});
  EXPECT_EQ(all.lagging(), 0U);
  EXPECT_FALSE(all.continues(batch_of("a", 7, 7, 7))); // until the snapshot arrives
  all.begin("a", 7, 8);
  EXPECT_TRUE(all.continues(batch_of("a", 7, 9, 9)));
}

TEST(Subscriptions, E14_a_resync_that_failed_makes_the_topic_lag_again) {
  subscriptions all{2};
  all.ask("a");
  EXPECT_FALSE(all.resync_failed("a")); // no snapshot is under way
  all.lag("a");
  all.resync();
  EXPECT_TRUE(all.resync_failed("a"));
  EXPECT_FALSE(all.resync_failed("a"));
  EXPECT_EQ(all.resync(), names{"a"});
  all.leave("a");
  EXPECT_FALSE(all.resync_failed("a")); // no subscription needs the snapshot any more
}

TEST(Subscriptions, E14_those_that_leave_or_get_an_answer_do_not_count_as_lagging) {
  subscriptions all{4};
  for (const auto* topic : {"a", "b", "c"})
    all.ask(topic);
  all.lag_all();
  EXPECT_EQ(all.lagging(), 3U);
  all.leave("a");
  EXPECT_EQ(all.lagging(), 2U);
  all.begin("b", 7, 1);
  EXPECT_EQ(all.lagging(), 1U);
  all.lag("x");
  all.leave("x");
  all.begin("x", 1, 1);
  EXPECT_EQ(all.lagging(), 1U);
  EXPECT_EQ(all.resync(), names{"c"});
}

TEST(Subscriptions, W7_topics_that_may_not_be_read_any_more_are_left) {
  subscriptions all{4};
  for (const auto* topic : {"a1", "b1", "a2"})
    all.ask(topic);
  all.lag_all();
  rights allowed;
  allowed.read.emplace_back("a*", "alice");
  EXPECT_EQ(all.leave_forbidden(allowed), names{"b1"});
  EXPECT_EQ(all.leave_forbidden(allowed), names{});
  EXPECT_EQ(all.size(), 2U);
  EXPECT_EQ(all.lagging(), 2U);
}

TEST(SubscriptionsDeathTest, E10_a_batch_is_never_handed_out_twice) {
  subscriptions all{4};
  all.ask("a");
  all.begin("a", 7, 5);
  EXPECT_DEATH(all.pass(batch_of("a", 7, 5, 5)), "assertion failed");
  EXPECT_DEATH(all.pass(batch_of("b", 7, 6, 6)), "assertion failed");
}

TEST(Watches, S8_the_client_past_the_bound_has_no_place) {
  watches all{2};
  EXPECT_EQ(all.ask("a"), added::fresh);
  EXPECT_EQ(all.ask("b"), added::fresh);
  EXPECT_EQ(all.ask("c"), added::full);
  EXPECT_EQ(all.ask("b"), added::known);
  all.leave("a");
  all.leave("a");
  EXPECT_EQ(all.ask("c"), added::fresh);
}

TEST(Watches, C5_what_was_missed_is_asked_for_once_per_client) {
  watches all{4};
  all.ask("b");
  all.ask("a");
  all.miss("b");
  all.miss("a");
  all.miss("b");
  EXPECT_EQ(all.missed(), 2U);
  EXPECT_EQ(all.take_missed(), (names{"a", "b"}));
  EXPECT_EQ(all.take_missed(), names{});
}

TEST(Watches, C5_nothing_is_made_good_for_a_client_that_is_not_watched_any_more) {
  watches all{4};
  all.ask("a");
  all.miss("a");
  all.leave("a");
  EXPECT_EQ(all.missed(), 0U);
  EXPECT_EQ(all.take_missed(), names{});
}

TEST(Watches, W7_clients_that_may_not_be_watched_any_more_are_left) {
  watches all{4};
  for (const auto* client : {"a1", "b1", "a2"}) {
    all.ask(client);
    all.miss(client);
  }
  rights allowed;
  allowed.watch.emplace_back("a*", "alice");
  EXPECT_EQ(all.leave_forbidden(allowed), names{"b1"});
  EXPECT_EQ(all.size(), 2U);
  EXPECT_EQ(all.take_missed(), (names{"a1", "a2"}));
}

} // namespace
} // namespace restante::model
