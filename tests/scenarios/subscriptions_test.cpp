// Streams of events and the snapshots at their start: the whole broker in virtual time.

#include "restante/tests/support/slow_sink.hpp"
#include "restante/tests/support/topic_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Sets, clears and messages of a few clients at random. Some clients disconnect and connect again.
class busy_room {
public:
  explicit busy_room(world& w, std::uint64_t seed) : w_{w}, random_{seed} {
    for (const auto* name : {"a", "b", "c"})
      clients_.push_back(w_.connect(name));
  }

  void act() {
    const auto who = random_() % clients_.size();
    auto& one = clients_[who];
    const auto key = "k" + std::to_string(random_() % 5);
    switch (random_() % 8) {
    case 0:
      one->clear("room", key);
      break;
    case 1:
      one->publish("room", body::bytes("m"));
      break;
    case 2:
      one = w_.connect(std::string(1, static_cast<char>('a' + who))); // takes over
      break;
    default:
      one->set("room", key, body::bytes(std::to_string(random_() % 100)), 1ms * (random_() % 90));
    }
  }

private:
  world& w_;
  std::mt19937_64 random_;
  std::vector<client> clients_;
};

TEST(Subscriptions, E10_E11_snapshot_and_events_give_the_topics_state_under_any_schedule) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    world w{{}, seed};
    busy_room room{w, seed};
    for (std::uint64_t n = 0; n < seed % 30; ++n)
      room.act();
    auto early = w.connect("early");
    auto late = w.connect("late");
    auto kept = w.outcome_of(early->subscribe("room"));
    answer<entries_view> later;
    for (int n = 0; n < 60; ++n) {
      room.act();
      for (auto steps = n % 7; steps > 0 && w.step(); --steps) {
      }
      if (n == 30)
        later = late->subscribe("room");
      if (n % 20 == 19)
        w.pass(20ms);
    }
    w.settle();
    const auto now = words_of(*w.outcome_of(w.server().list("room")));
    for (auto* one : {&early, &late}) {
      topic_picture picture;
      picture.begin(one == &early ? *kept : *w.outcome_of(later));
      picture.apply(one->seen().pushes, "room");
      EXPECT_EQ(picture.faults(), 0) << "seed " << seed;
      w.pass(100ms); // keys that `list` hides are already cleared by now
      picture = {};
      picture.begin(one == &early ? *kept : *w.outcome_of(later));
      picture.apply(one->seen().pushes, "room");
      EXPECT_EQ(picture.words(), words_of(*w.outcome_of(w.server().list("room"))))
          << "seed " << seed;
    }
    EXPECT_EQ(w.broker().stats().crashes, 0u);
  }
}

TEST(Subscriptions, E11_subscribing_twice_answers_again_and_doubles_nothing) {
  world w;
  auto alice = w.connect("alice");
  ASSERT_TRUE(w.outcome_of(alice->subscribe("room")));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("1"))));
  const auto again = w.outcome_of(alice->subscribe("room"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->seq, 1u);
  EXPECT_EQ(again->entries.size(), 1u);
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("2"))));
  EXPECT_EQ(alice.seen().events().size(), 2u);
  ASSERT_TRUE(w.outcome_of(alice->unsubscribe("room")));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("3"))));
  EXPECT_EQ(alice.seen().events().size(), 2u);
  EXPECT_TRUE(w.outcome_of(alice->unsubscribe("room")));
  EXPECT_TRUE(w.outcome_of(alice->unsubscribe("never seen")));
}

TEST(Subscriptions, E16_a_message_is_sequenced_with_the_events_and_reaches_only_the_present) {
  world w;
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  EXPECT_TRUE(w.outcome_of(alice->publish("room", body::bytes("nobody")))); // no topic, so no echo
  EXPECT_EQ(w.broker().stats().topics, 0u);
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  alice->set("room", "k", body::bytes("1"));
  alice->publish("room", body::json(R"({"n":1.50})"));
  alice->clear("room", "k");
  w.settle();
  EXPECT_THAT(words_of(bob.seen().events()),
              ElementsAre("set k alice 1", "message alice {\"n\":1.50}", "clear k alice explicit"));
  for (std::uint64_t i = 0; i < 3; ++i)
    EXPECT_EQ(bob.seen().events()[i].seq, i + 1);
  auto carol = w.connect("carol");
  const auto view = w.outcome_of(carol->subscribe("room"));
  EXPECT_EQ(view->seq, 3u);
  EXPECT_THAT(carol.seen().events(), IsEmpty());
}

TEST(Subscriptions, S8_E16_message_data_at_its_bound_and_one_past) {
  world w;
  auto alice = w.connect("alice");
  ASSERT_TRUE(w.outcome_of(alice->subscribe("room")));
  EXPECT_TRUE(w.outcome_of(alice->publish("room", body::bytes(std::string(64 * 1024, 'x')))));
  EXPECT_EQ(
      w.outcome_of(alice->publish("room", body::bytes(std::string(64 * 1024 + 1, 'x')))).code(),
      errc::payload_too_large);
  EXPECT_EQ(alice.seen().events().size(), 1u);
}

TEST(Subscriptions, S8_a_connection_subscribes_1024_topics_and_not_one_more) {
  world w;
  auto alice = w.connect("alice");
  for (int i = 0; i < 1024; ++i)
    ASSERT_TRUE(w.outcome_of(alice->subscribe("t" + std::to_string(i))));
  EXPECT_EQ(w.outcome_of(alice->subscribe("one more")).code(), errc::too_many_subscriptions);
  EXPECT_TRUE(w.outcome_of(alice->subscribe("t7"))); // it is subscribed already
  ASSERT_TRUE(w.outcome_of(alice->unsubscribe("t7")));
  EXPECT_TRUE(w.outcome_of(alice->subscribe("one more")));
  alice->disconnect();
  w.settle();
  EXPECT_EQ(w.broker().stats().topics, 0u);
}

TEST(Subscriptions, S8_topics_per_namespace_are_bounded_and_a_refused_one_leaves_nothing) {
  options how;
  how.limits.topics_per_namespace = 2;
  world w{how};
  auto alice = w.connect("alice");
  auto other = w.connect(connect_options{.client = "alice", .ns = "other"});
  ASSERT_TRUE(w.outcome_of(alice->subscribe("t1")));
  ASSERT_TRUE(w.outcome_of(alice->set("t2", "k")));
  EXPECT_EQ(w.outcome_of(alice->set("t3", "k")).code(), errc::overloaded);
  for (int i = 0; i < 1100; ++i) // each is refused, so none counts as a subscription
    ASSERT_EQ(w.outcome_of(alice->subscribe("x" + std::to_string(i))).code(), errc::overloaded);
  EXPECT_TRUE(w.outcome_of(other->subscribe("t3"))); // per namespace
  ASSERT_TRUE(w.outcome_of(alice->clear("t2", "k")));
  EXPECT_TRUE(w.outcome_of(alice->subscribe("t3"))); // the retired topic has made room
}

struct slow_room {
  explicit slow_room(std::uint64_t output_bytes)
      : w{[&] {
          options how;
          how.limits.output_bytes = output_bytes;
          return how;
        }()},
        slow{slow_sink::make_state(w.system())}, link{w.broker().connect(
                                                     {.client = "slow"},
                                                     std::make_unique<slow_sink>(slow))} {
    w.settle();
  }

  world w;
  std::shared_ptr<slow_sink::state> slow;
  connection link;
};

TEST(Subscriptions, E14_a_slow_subscriber_misses_events_then_gets_one_snapshot_and_goes_on) {
  slow_room room{4096};
  auto& w = room.w;
  auto alice = w.connect("alice");
  topic_picture picture;
  picture.begin(*w.outcome_of(room.link.subscribe("room")));
  for (int i = 0; i < 1000; ++i)
    ASSERT_TRUE(w.outcome_of(alice->set("room", "k" + std::to_string(i % 20), body::bytes("x"))));
  EXPECT_LT(room.slow->waiting_bytes(), 4096u + 1000u); // bounded in every case
  EXPECT_THAT(room.slow->seen.snapshots(), IsEmpty());
  EXPECT_FALSE(room.slow->seen.end); // not dropped

  while (room.slow->confirmed < room.slow->seen.pushes.size()) {
    room.slow->confirm(1);
    w.settle();
  }
  EXPECT_EQ(room.slow->seen.snapshots().size(), 1u);
  ASSERT_TRUE(w.outcome_of(alice->set("room", "last", body::bytes("y"))));
  w.settle();
  EXPECT_EQ(room.slow->seen.events().back().key, "last");
  picture.apply(room.slow->seen.pushes, "room");
  EXPECT_EQ(picture.faults(), 0);
  EXPECT_EQ(picture.words(), words_of(*w.outcome_of(w.server().list("room"))));
}

TEST(Subscriptions, E14_many_slow_topics_cost_bounded_memory_also_when_all_come_again) {
  slow_room room{64 * 1024};
  auto& w = room.w;
  auto alice = w.connect("alice");
  const body large = body::bytes(std::string(16 * 1024, 'x'));
  constexpr int topics = 60;
  for (int t = 0; t < topics; ++t)
    ASSERT_TRUE(w.outcome_of(room.link.subscribe("t" + std::to_string(t))));
  for (int n = 0; n < 4; ++n) {
    for (int t = 0; t < topics; ++t) {
      ASSERT_TRUE(
          w.outcome_of(alice->set("t" + std::to_string(t), "k" + std::to_string(n), large, 30min)));
    }
  }
  // One snapshot of four large keys is 90 KiB; sixty of them at once would be 5 MiB.
  std::size_t most = 0;
  while (room.slow->confirmed < room.slow->seen.pushes.size()) {
    room.slow->confirm(1);
    w.settle();
    most = std::max(most, room.slow->waiting_bytes());
  }
  EXPECT_LT(most, 64u * 1024 + 2 * 100 * 1024);
  for (int t = 0; t < topics; ++t) {
    const auto topic = "t" + std::to_string(t);
    topic_picture picture;
    picture.apply(room.slow->seen.pushes, topic);
    EXPECT_EQ(picture.words(), words_of(*w.outcome_of(w.server().list(topic)))) << topic;
  }
}

TEST(Subscriptions, E14_S8_presence_of_others_does_not_pile_up_at_a_slow_sink) {
  slow_room room{4096};
  auto& w = room.w;
  ASSERT_TRUE(w.outcome_of(room.link.watch("bob")));
  for (int i = 0; i < 500; ++i) {
    auto bob = w.connect("bob");
    bob->disconnect();
    w.settle();
  }
  auto bob = w.connect("bob");
  EXPECT_LT(room.slow->waiting_bytes(), 4096u + 1000u);
  while (room.slow->confirmed < room.slow->seen.pushes.size()) {
    room.slow->confirm(1);
    w.settle();
  }
  ASSERT_FALSE(room.slow->seen.presences().empty());
  EXPECT_EQ(room.slow->seen.presences().back().state, presence::connected); // the present state
}

TEST(Subscriptions, E14_a_payload_is_shared_by_all_who_hear_of_it) {
  world w;
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  auto carol = w.connect("carol");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  ASSERT_TRUE(w.outcome_of(carol->subscribe("room")));
  const auto payload = body::bytes(std::string(1000, 'x'));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", payload)));
  EXPECT_TRUE(bob.seen().events().at(0).payload.shares_buffer_with(payload));
  EXPECT_TRUE(carol.seen().events().at(0).payload.shares_buffer_with(payload));
  EXPECT_TRUE(
      w.outcome_of(w.server().list("room"))->entries.at(0).payload.shares_buffer_with(payload));
}

} // namespace
} // namespace restante::testing
