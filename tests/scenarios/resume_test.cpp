// A connection that loses its sink and gets another sink within its resume window.

#include "restante/tests/support/slow_sink.hpp"
#include "restante/tests/support/topic_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

connect_options patient(duration window = 30s, ack_mode acks = ack_mode::explicit_by_peer) {
  return {.client = "alice", .acks = acks, .resume_window = window};
}

connect_options resuming(client& of, duration window = 30s,
                         ack_mode acks = ack_mode::explicit_by_peer) {
  auto who = patient(window, acks);
  who.resume = of->connected().get()->resume;
  return who;
}

TEST(Resume, C4_E13_keys_and_subscriptions_stay_and_nobody_sees_a_thing) {
  world w;
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  ASSERT_TRUE(w.outcome_of(bob->watch("alice")));
  auto alice = w.connect(patient());
  ASSERT_TRUE(w.outcome_of(alice->subscribe("room")));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("1"))));
  const auto presences = bob.seen().presences().size();
  alice->cut();
  w.pass(10s);
  ASSERT_TRUE(w.outcome_of(bob->set("room", "b", body::bytes("2"))));
  EXPECT_THAT(alice.seen().events(), ::testing::SizeIs(1)); // no push reaches a lost sink
  auto again = w.connect(resuming(alice));
  const auto receipt = again->connected().get();
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->result, attach_result::resumed);
  EXPECT_EQ(receipt->epoch, alice->connected().get()->epoch);
  ASSERT_EQ(again.seen().snapshots().size(), 1u);
  EXPECT_THAT(words_of(again.seen().snapshots()[0]), ElementsAre("b bob 2", "k alice 1"));
  ASSERT_TRUE(w.outcome_of(bob->set("room", "b", body::bytes("3"))));
  EXPECT_THAT(words_of(again.seen().events()), ElementsAre("set b bob 3"));
  EXPECT_EQ(bob.seen().presences().size(), presences);
  EXPECT_TRUE(w.outcome_of(again->set("room", "k", body::bytes("4"))));
  EXPECT_THAT(words_of(bob.seen().events()),
              ElementsAre("set k alice 1", "set b bob 2", "set b bob 3", "set k alice 4"));
}

TEST(Resume, E13_leases_run_on_while_detached) {
  world w;
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  auto alice = w.connect(patient());
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", {}, 5s)));
  alice->cut();
  w.pass(6s);
  EXPECT_THAT(words_of(bob.seen().events()), ElementsAre("set k alice ", "clear k alice expired"));
}

TEST(Resume, C4_the_window_ends_at_its_time_and_is_at_most_five_minutes) {
  for (const auto& [asked, granted] :
       {std::pair<duration, duration>{10s, 10s}, {1h, 5min}, {1ns, 1ns}}) {
    world w;
    auto bob = w.connect("bob");
    ASSERT_TRUE(w.outcome_of(bob->watch("alice")));
    auto alice = w.connect(patient(asked));
    ASSERT_TRUE(w.outcome_of(alice->set("room", "k", {}, 20min)));
    alice->cut();
    w.settle();
    w.pass(granted - 1ns);
    EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 1u);
    EXPECT_EQ(bob.seen().presences().back().state, presence::connected);
    w.pass(1ns);
    EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 0u);
    EXPECT_EQ(bob.seen().presences().back().state, presence::absent);
    auto late = w.connect(resuming(alice, asked));
    EXPECT_EQ(late->connected().get()->result, attach_result::fresh);
  }
}

TEST(Resume, E13_a_clean_disconnect_clears_at_once_and_without_a_window_so_does_a_cut) {
  world w;
  for (int kind = 0; kind < 2; ++kind) {
    auto alice = w.connect(patient(kind == 0 ? duration{30s} : duration{0}));
    ASSERT_TRUE(w.outcome_of(alice->set("room", "k")));
    kind == 0 ? alice->disconnect() : alice->cut();
    w.settle();
    EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 0u);
  }
}

TEST(Resume, C4_who_is_cut_and_then_dropped_was_lost_all_the_same) {
  world w;
  std::optional<client> alice = w.connect(patient());
  ASSERT_TRUE(w.outcome_of((*alice)->set("room", "k")));
  const auto who = resuming(*alice);
  (*alice)->cut();
  alice.reset(); // would disconnect, but this handle has lost the connection
  w.settle();
  EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 1u);
  EXPECT_EQ(w.connect(who)->connected().get()->result, attach_result::resumed);
}

TEST(Resume, C4_what_was_acknowledged_does_not_come_again_and_the_rest_does) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    world w{{}, seed};
    auto alice = w.connect(patient());
    for (const auto* pack : {"1", "2", "3", "4"})
      w.server().put({.to = "alice", .pack = body::bytes(pack)});
    w.settle();
    ASSERT_EQ(alice.seen().deliveries().size(), 4u);
    const auto first = alice.seen().deliveries();
    ASSERT_TRUE(w.outcome_of(alice->ack(first[0].trace)));
    ASSERT_TRUE(w.outcome_of(alice->ack(first[2].trace)));
    if (seed % 2 == 0)
      alice->cut(); // with odd seeds the old sink is still attached
    auto again = w.connect(resuming(alice));
    EXPECT_EQ(again->connected().get()->result, attach_result::resumed) << seed;
    const auto got = again.seen().deliveries();
    ASSERT_EQ(got.size(), 2u) << seed;
    EXPECT_EQ(got[0].pack.view(), "2");
    EXPECT_EQ(got[1].pack.view(), "4");
    EXPECT_EQ(got[0].attempts, 2u);
    EXPECT_EQ(w.outcome_of(again->ack(got[0].trace))->result, ack_result::in_time);
    EXPECT_EQ(w.outcome_of(again->ack(got[1].trace))->result, ack_result::in_time);
    EXPECT_EQ(w.outcome_of(again->pending())->pending, 0u);
    if (seed % 2 == 1) {
      ASSERT_TRUE(alice.seen().end);
      EXPECT_EQ(alice.seen().end->reason, end_reason::resumed);
      EXPECT_EQ(w.outcome_of(alice->pending()).code(), errc::stale_connection);
    }
  }
}

TEST(Resume, N11_a_detached_connection_gets_no_offers_and_acks_nothing) {
  world w;
  auto alice = w.connect(patient(30s, ack_mode::automatic));
  alice->cut();
  w.settle();
  const auto put = w.outcome_of(w.server().put({.to = "alice", .pack = body::bytes("1")}));
  w.pass(1s);
  EXPECT_EQ(w.outcome_of(w.server().status(put->trace))->notification.attempts, 0u);
  EXPECT_EQ(w.broker().stats().delivered, 0u);
  auto again = w.connect(resuming(alice, 30s, ack_mode::automatic));
  EXPECT_EQ(again.seen().deliveries().size(), 1u);
  EXPECT_EQ(again->connected().get()->pending, 1u);
  EXPECT_EQ(w.broker().stats().delivered, 1u);
}

TEST(Resume, C4_the_new_connects_words_on_acks_window_and_inflight_count) {
  world w;
  auto alice = w.connect(patient());
  alice->cut();
  w.settle();
  auto who = resuming(alice);
  who.max_inflight = 1;
  who.resume_window = 0s;
  auto again = w.connect(who);
  w.server().put({.to = "alice"});
  w.server().put({.to = "alice"});
  w.settle();
  EXPECT_EQ(again.seen().deliveries().size(), 1u);
  again->cut();
  w.settle();
  EXPECT_EQ(w.broker().stats().connections, 0u);
}

TEST(Resume, C4_a_token_of_nobody_connects_afresh_and_none_takes_over) {
  world w;
  auto alice = w.connect(patient());
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k")));
  alice->cut();
  w.settle();
  auto who = patient();
  who.resume = trace_id{1, 2};
  auto fresh = w.connect(who);
  EXPECT_EQ(fresh->connected().get()->result, attach_result::fresh);
  EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 0u);
  ASSERT_TRUE(w.outcome_of(fresh->set("room", "k")));
  auto stranger = resuming(fresh);
  stranger.client = "bob"; // the token of another client
  EXPECT_EQ(w.connect(stranger)->connected().get()->result, attach_result::fresh);
  EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 1u);
  auto plain = w.connect("alice"); // without a token: C2
  EXPECT_EQ(plain->connected().get()->result, attach_result::fresh);
  EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 0u);
}

TEST(Resume, C4_awaits_of_the_lost_sink_fail_and_asking_again_works) {
  world w;
  auto alice = w.connect(patient());
  const auto suit = w.outcome_of(alice->put({.to = "bob", .kind = notification_kind::suit}))->trace;
  std::vector<answer<reply_view>> waits;
  for (int i = 0; i < 8; ++i)
    waits.push_back(alice->await(suit, 1h));
  w.settle();
  alice->cut();
  w.settle();
  for (const auto& one : waits)
    EXPECT_EQ(one.get().code(), errc::stale_connection);
  auto again = w.connect(resuming(alice));
  const auto asked = again->await(suit, 1h); // the places of the failed awaits are free (N13)
  w.settle();
  EXPECT_FALSE(asked.is_ready());
  ASSERT_TRUE(w.outcome_of(w.server().reply(suit, body::bytes("yes"))));
  EXPECT_EQ(asked.get()->value.view(), "yes");
}

TEST(Resume, C4_a_slow_actors_confirmations_do_not_count_for_the_sink_after_it) {
  world w;
  auto first = slow_sink::make_state(w.system());
  auto second = slow_sink::make_state(w.system());
  auto who = patient(30s, ack_mode::automatic);
  auto old = w.broker().connect(who, std::make_unique<slow_sink>(first));
  w.server().put({.to = "alice"});
  w.settle();
  ASSERT_EQ(first->seen.pushes.size(), 1u);
  const auto connection = first->connection;
  who.resume = old.connected().get()->resume;
  auto newer = w.broker().connect(who, std::make_unique<slow_sink>(second));
  w.settle();
  ASSERT_EQ(second->seen.deliveries().size(), 1u);
  first->connection = connection;
  first->confirm_all(); // a late confirmation of the earlier sink
  w.settle();
  EXPECT_EQ(w.outcome_of(newer.pending())->pending, 1u);
  second->confirm_all();
  w.settle();
  EXPECT_EQ(w.outcome_of(newer.pending())->pending, 0u);
  first->connection = nullptr;
}

TEST(Resume, C4_cuts_and_resumes_in_any_order_harm_nothing) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    world w{{}, seed};
    std::mt19937_64 random{seed};
    auto first = w.connect(patient());
    ASSERT_TRUE(w.outcome_of(first->set("room", "k", {}, 20min)));
    auto who = resuming(first);
    std::vector<connection> links;
    for (int i = 0; i < 5; ++i) {
      links.push_back(w.broker().connect(who));
      for (auto n = random() % 12; n > 0 && w.step(); --n) {
      }
      if (random() % 3 == 0)
        links[random() % links.size()].cut();
    }
    w.settle();
    first->cut(); // in case no other connection has resumed
    for (auto& one : links)
      one.cut();
    w.settle();
    w.pass(31s); // the last window is over
    EXPECT_EQ(w.broker().stats().connections, 0u) << "seed " << seed;
    EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 0u) << "seed " << seed;
    EXPECT_EQ(w.broker().stats().clients, 0u) << "seed " << seed;
  }
}

TEST(Resume, C4_a_sink_lost_again_while_it_resumes_leaves_the_window_open) {
  for (int steps = 0; steps < 12; ++steps) {
    world w;
    auto alice = w.connect(patient());
    ASSERT_TRUE(w.outcome_of(alice->set("room", "k", {}, 20min)));
    alice->cut();
    w.settle();
    const auto who = resuming(alice);
    auto second = w.broker().connect(who);
    for (int n = 0; n < steps && w.step(); ++n) {
    }
    second.cut();
    w.settle();
    EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 1u) << steps << " steps";
    EXPECT_EQ(w.connect(who)->connected().get()->result, attach_result::resumed) << steps;
  }
}

} // namespace
} // namespace restante::testing
