// The pushes that a connection sends, leaves out, and repairs with a snapshot.

#include "restante/actors/model/push_feed.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace restante::model {
namespace {

constexpr std::uint64_t little = 100;
constexpr std::uint64_t much = output_free_bytes + 1; // needs room in the budget

struct PushFeed : ::testing::Test {
  PushFeed() {
    feed.topics().ask("room");
    feed.topics().begin("room", 7, 0);
    feed.clients().ask("bob");
  }

  event_batch next_batch() {
    event_batch batch{{"", "room"}, 7, {topic_event{}}};
    batch.events.back().seq = ++seq;
    return batch;
  }

  entries_view snapshot() const {
    entries_view view;
    view.topic = "room";
    view.epoch = 7;
    view.seq = seq;
    return view;
  }

  entry_ended lost(std::string key) const {
    return {{"", "room"}, std::move(key), 1, entry_end::taken_over, "eve"};
  }

  /// Fills the window of this connection.
  void fill() { feed.window().add({bounds.output_bytes, {}}); }

  limits bounds;
  std::shared_ptr<output_budget> budget =
      std::make_shared<output_budget>(output_budget::least_bytes);
  push_feed feed{*budget, bounds};
  std::uint64_t seq = 0;
};

TEST_F(PushFeed, E14_events_are_left_out_of_a_full_window_until_a_snapshot_replaces_them) {
  EXPECT_EQ(feed.tell_events(next_batch(), little), verdict::hand_out);
  fill();
  EXPECT_EQ(feed.tell_events(next_batch(), little), verdict::keep);
  EXPECT_EQ(feed.tell_events(next_batch(), little), verdict::drop); // the snapshot will contain it
  EXPECT_EQ(feed.next(), resync::idle);
  feed.window().confirm();
  ASSERT_EQ(feed.next(), resync::now);
  EXPECT_EQ(feed.take_left_out().topics, std::vector<std::string>{"room"});
  EXPECT_EQ(feed.next(), resync::idle);
  EXPECT_EQ(feed.tell_snapshot(snapshot(), little), verdict::hand_out);
  EXPECT_EQ(feed.tell_events(next_batch(), little), verdict::hand_out);
}

TEST_F(PushFeed, E14_a_sink_with_nothing_waiting_is_told_whatever_others_hold) {
  budget->take(budget->most());
  EXPECT_EQ(feed.tell_events(next_batch(), much), verdict::hand_out);
  feed.window().add({little, {}});
  EXPECT_EQ(feed.tell_events(next_batch(), much), verdict::keep);
}

TEST_F(PushFeed, E14_nothing_follows_before_half_of_the_window_is_free) {
  feed.window().add({bounds.output_bytes / 2, {}});
  feed.window().add({bounds.output_bytes / 2, {}});
  EXPECT_EQ(feed.tell_presence("bob", little), verdict::keep);
  EXPECT_EQ(feed.next(), resync::idle);
  feed.window().confirm();
  EXPECT_EQ(feed.next(), resync::now);
}

TEST_F(PushFeed, E14_while_others_hold_the_room_only_an_empty_sink_goes_on) {
  budget->take(budget->most());
  feed.window().add({output_free_bytes, {}});
  EXPECT_EQ(feed.tell_events(next_batch(), little), verdict::keep);
  EXPECT_EQ(feed.next(), resync::later);
  feed.window().confirm();
  EXPECT_EQ(feed.next(), resync::now);
}

TEST_F(PushFeed, E14_a_snapshot_without_room_is_asked_for_again) {
  budget->take(budget->most());
  EXPECT_EQ(feed.tell_snapshot(snapshot(), much),
            verdict::postpone); // no push awaits a confirmation
  feed.window().add({little, {}});
  EXPECT_EQ(feed.tell_snapshot(snapshot(), much), verdict::keep);
  EXPECT_EQ(feed.topics().lagging(), 1U);
  feed.topics().leave("room");
  EXPECT_EQ(feed.tell_snapshot(snapshot(), little), verdict::drop);
}

TEST_F(PushFeed, E14_a_pause_ends_once_and_the_earliest_counts) {
  EXPECT_EQ(feed.resync_at(), instant::never());
  EXPECT_FALSE(feed.is_over({0}));
  feed.postpone({0});
  feed.postpone({5});
  const auto at = instant{0} + push_feed::pause;
  EXPECT_EQ(feed.resync_at(), at);
  EXPECT_FALSE(feed.is_over({at.ns - 1}));
  EXPECT_TRUE(feed.is_over(at));
  EXPECT_FALSE(feed.is_over(at));
  EXPECT_EQ(feed.resync_at(), instant::never());
}

TEST_F(PushFeed, C5_presence_that_was_left_out_is_asked_for_and_strangers_are_dropped) {
  EXPECT_EQ(feed.tell_presence("bob", little), verdict::hand_out);
  EXPECT_EQ(feed.tell_presence("eve", little), verdict::drop);
  fill();
  EXPECT_EQ(feed.tell_presence("bob", little), verdict::keep);
  EXPECT_EQ(feed.tell_presence("eve", little), verdict::drop);
  feed.window().confirm();
  EXPECT_EQ(feed.take_left_out().clients, std::vector<std::string>{"bob"});
}

TEST_F(PushFeed, E4_a_loss_is_told_when_there_is_room_and_not_when_the_key_is_owned_again) {
  EXPECT_EQ(feed.tell_loss(lost("a"), sink_state::present, little), verdict::hand_out);
  EXPECT_EQ(feed.loss_bytes(), 0U);
  fill();
  EXPECT_EQ(feed.tell_loss(lost("a"), sink_state::present, little), verdict::keep);
  EXPECT_EQ(feed.tell_loss(lost("b"), sink_state::present, little), verdict::keep);
  EXPECT_EQ(feed.untold_losses({"", "room"}, "a"), 1U);
  EXPECT_EQ(feed.untold_losses({"", "room"}, "c"), 2U);
  feed.regained({"", "room"}, "a");
  feed.window().confirm();
  ASSERT_EQ(feed.next(), resync::now);
  EXPECT_EQ(feed.take_left_out().losses, std::vector<entry_ended>{lost("b")});
  EXPECT_EQ(feed.loss_bytes(), 0U);
}

TEST_F(PushFeed, C4_a_lost_sink_keeps_losses_and_nothing_else) {
  fill();
  feed.tell_presence("bob", little);
  feed.tell_loss(lost("a"), sink_state::present, little);
  feed.postpone({0});
  feed.lose_sink();
  EXPECT_EQ(feed.resync_at(), instant::never());
  EXPECT_EQ(budget->used(), 0U);
  EXPECT_EQ(feed.tell_loss(lost("b"), sink_state::absent, little), verdict::keep);
  const auto all = feed.take_left_out();
  EXPECT_TRUE(all.clients.empty()); // a new sink gets the state of all watched clients
  EXPECT_EQ(all.losses, (std::vector<entry_ended>{lost("a"), lost("b")}));
}

TEST_F(PushFeed, E14_a_topic_that_failed_is_asked_for_afresh) {
  EXPECT_FALSE(feed.topic_failed("other"));
  EXPECT_TRUE(feed.topic_failed("room"));
  EXPECT_EQ(feed.tell_events(next_batch(), little), verdict::drop);
  EXPECT_EQ(feed.take_left_out().topics, std::vector<std::string>{"room"});
}

} // namespace
} // namespace restante::model
