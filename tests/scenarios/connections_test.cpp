// How connections are opened, ended and taken over, and the promises of the test kit.

#include "restante/tests/support/topic_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <stdexcept>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<presence> states_of(const captured& seen) {
  std::vector<presence> all;
  for (const auto& one : seen.presences())
    all.push_back(one.state);
  return all;
}

TEST(Connections, C1_a_connect_answers_with_an_epoch_that_grows) {
  world w;
  epoch_number last = 0;
  for (int i = 0; i < 5; ++i) {
    auto alice = w.connect("alice"); // retired in between: only its shard remembers the epoch
    const auto receipt = alice->connected().get();
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->client, (client_address{"", "alice"}));
    EXPECT_EQ(receipt->result, attach_result::fresh);
    EXPECT_GT(receipt->epoch, last);
    last = receipt->epoch;
    alice->disconnect();
    w.settle();
    EXPECT_EQ(w.broker().stats().clients, 0u);
  }
}

TEST(Connections, C1_epochs_start_at_the_boots_wall_time_in_microseconds) {
  options how;
  how.started_at = instant{1'700'000'000'000'000'000};
  world w{how};
  auto alice = w.connect("alice");
  EXPECT_GT(alice->connected().get()->epoch, 1'700'000'000'000'000u);
  EXPECT_LT(alice->connected().get()->epoch, 1'700'000'000'001'000u);
}

TEST(Connections, C1_every_kind_of_end_returns_what_was_in_flight) {
  for (int kind = 0; kind < 3; ++kind) {
    world w;
    auto alice = w.connect(
        connect_options{.client = "alice", .acks = ack_mode::explicit_by_peer, .max_inflight = 2});
    for (const auto* pack : {"1", "2", "3"})
      w.server().put({.to = "alice", .pack = body::bytes(pack)});
    w.settle();
    ASSERT_EQ(alice.seen().deliveries().size(), 2u);
    if (kind == 0)
      alice->disconnect();
    if (kind == 1)
      alice->cut();
    if (kind == 2)
      caf::anon_send_exit(alice->actor(), caf::exit_reason::kill);
    w.settle();
    EXPECT_EQ(w.broker().stats().connections, 0u);
    EXPECT_EQ(w.outcome_of(w.server().pending("alice"))->pending, 3u);
    auto again = w.connect("alice");
    const auto got = again.seen().deliveries();
    ASSERT_EQ(got.size(), 3u);
    EXPECT_EQ(got[0].pack.view(), "1");
    EXPECT_EQ(got[0].attempts, 2u);
    EXPECT_EQ(got[1].attempts, 2u);
    EXPECT_EQ(got[2].attempts, 1u);
  }
}

TEST(Connections, C2_a_newer_connect_takes_over_and_watchers_see_no_going) {
  world w;
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->watch("alice")));
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  auto old = w.connect("alice");
  ASSERT_TRUE(w.outcome_of(old->set("room", "k", body::bytes("old"))));
  auto newer = w.connect("alice");
  EXPECT_GT(newer->connected().get()->epoch, old->connected().get()->epoch);
  ASSERT_TRUE(old.seen().end);
  EXPECT_EQ(old.seen().end->reason, end_reason::taken_over);
  EXPECT_EQ(w.outcome_of(old->set("room", "k", body::bytes("ghost"))).code(),
            errc::stale_connection);
  EXPECT_THAT(words_of(bob.seen().events()),
              ElementsAre("set k alice old", "clear k alice disconnect"));
  EXPECT_THAT(states_of(bob.seen()), ElementsAre(presence::absent, presence::connected));
  newer->disconnect();
  w.settle();
  EXPECT_THAT(states_of(bob.seen()),
              ElementsAre(presence::absent, presence::connected, presence::absent));
}

TEST(Connections, C2_the_old_one_ends_before_the_new_one_is_answered) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    world w{{}, seed};
    auto old = w.connect("alice");
    for (int i = 0; i < 5; ++i)
      old->set("room", "k" + std::to_string(i));
    std::optional<std::size_t> left;
    bool old_had_ended = false;
    auto newer = w.broker().connect({.client = "alice"});
    newer.connected().then(
        [&](const outcome<connect_receipt>&) { old_had_ended = old.seen().end.has_value(); });
    newer.list("room").then([&](const outcome<entries_view>& v) { left = v->entries.size(); });
    w.settle();
    EXPECT_TRUE(old_had_ended) << "seed " << seed;
    EXPECT_EQ(left, 0u) << "seed " << seed; // its keys were cleared before
  }
}

TEST(Connections, C2_of_many_connects_at_once_one_lives_and_each_ends_once) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<int> ends(6, 0); // told to the last when the world ends
    world w{{}, seed};
    std::vector<connection> all;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      handlers what;
      what.on_end = [&ends, i](const goodbye&) { ++ends[i]; };
      connect_options who{.client = "alice", .resume_window = 10s};
      if (i == 3 && all[0].connected().is_ready() && all[0].connected().get())
        who.resume = all[0].connected().get()->resume;
      all.push_back(w.broker().connect(std::move(who), std::move(what)));
      for (std::uint64_t n = (seed + i) % 9; n > 0 && w.step(); --n) {
      }
    }
    w.settle();
    EXPECT_EQ(w.broker().stats().connections, 1u) << "seed " << seed;
    int living = 0;
    int answering = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      EXPECT_LE(ends[i], 1) << "seed " << seed << " connection " << i;
      living += ends[i] == 0 ? 1 : 0;
      EXPECT_TRUE(all[i].connected().is_ready()) << "seed " << seed << " connection " << i;
      answering += w.outcome_of(all[i].pending()) ? 1 : 0;
    }
    EXPECT_EQ(living, 1) << "seed " << seed;
    EXPECT_EQ(answering, 1) << "seed " << seed;
  }
}

TEST(Connections, C5_a_watch_starts_with_the_present_state_and_doubles_nothing) {
  world w;
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->watch("alice")));
  ASSERT_TRUE(w.outcome_of(bob->watch("alice")));
  EXPECT_THAT(states_of(bob.seen()), ElementsAre(presence::absent, presence::absent));
  bob.seen().clear();
  auto alice = w.connect("alice");
  EXPECT_THAT(states_of(bob.seen()), ElementsAre(presence::connected));
  auto other = w.connect(connect_options{.client = "alice", .ns = "other"});
  other->disconnect();
  w.settle();
  EXPECT_EQ(bob.seen().presences().size(), 1u);
  ASSERT_TRUE(w.outcome_of(bob->unwatch("alice")));
  alice->cut();
  w.settle();
  EXPECT_EQ(bob.seen().presences().size(), 1u);
  ASSERT_TRUE(w.outcome_of(bob->watch("bob"))); // itself
  EXPECT_EQ(bob.seen().presences().back().state, presence::connected);
  bob->disconnect();
  w.settle();
  EXPECT_EQ(w.broker().stats().clients, 0u);
}

TEST(Connections, C5_N9_a_count_of_what_is_pending_says_whether_the_client_is_there) {
  world w;
  const auto state = [&] { return w.outcome_of(w.server().pending("alice"))->state; };
  EXPECT_EQ(state(), presence::absent); // no client has received its presence
  ASSERT_TRUE(w.outcome_of(w.server().put({.to = "alice"})));
  EXPECT_EQ(state(), presence::absent); // its actor exists, but it is not connected
  auto alice = w.connect(connect_options{.client = "alice", .resume_window = 10s});
  EXPECT_EQ(state(), presence::connected);
  EXPECT_EQ(w.outcome_of(alice->pending())->state, presence::connected);
  alice->cut();
  w.settle();
  EXPECT_EQ(state(), presence::connected); // as its watchers see it, within the window
  w.pass(11s);
  EXPECT_EQ(state(), presence::absent);
}

TEST(Connections, S8_a_connection_watches_1024_clients_and_not_one_more) {
  world w;
  auto bob = w.connect("bob");
  for (int i = 0; i < 1024; ++i)
    ASSERT_TRUE(w.outcome_of(bob->watch("c" + std::to_string(i))));
  EXPECT_EQ(w.outcome_of(bob->watch("one more")).code(), errc::too_many_watches);
  EXPECT_TRUE(w.outcome_of(bob->watch("c7")));
  ASSERT_TRUE(w.outcome_of(bob->unwatch("c7")));
  EXPECT_TRUE(w.outcome_of(bob->watch("one more")));
  bob->cut();
  w.settle();
  EXPECT_EQ(w.broker().stats().clients, 0u);
}

TEST(Connections, S8_clients_per_namespace_are_bounded_and_a_refused_watch_leaves_nothing) {
  options how;
  how.limits.clients_per_namespace = 2;
  world w{how};
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  auto carol = w.connect("carol");
  EXPECT_EQ(carol->connected().get().code(), errc::overloaded);
  ASSERT_TRUE(carol.seen().end);
  EXPECT_EQ(carol.seen().end->reason, end_reason::refused);
  EXPECT_EQ(carol.seen().end->code, errc::overloaded);
  EXPECT_EQ(w.outcome_of(alice->put({.to = "carol"})).code(), errc::overloaded);
  for (int i = 0; i < 1100; ++i)
    ASSERT_EQ(w.outcome_of(alice->watch("x" + std::to_string(i))).code(), errc::overloaded);
  EXPECT_TRUE(w.outcome_of(alice->put({.to = "bob", .ttl = 1s})));
  EXPECT_TRUE(w.connect(connect_options{.client = "c", .ns = "other"})->connected().get());
  bob->disconnect();
  w.pass(2s); // and its record is forgotten
  EXPECT_TRUE(w.outcome_of(alice->watch("dave")));
}

TEST(Connections, S8_connections_are_bounded) {
  options how;
  how.limits.connections = 2;
  world w{how};
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  auto carol = w.connect("carol");
  EXPECT_EQ(carol->connected().get().code(), errc::too_many_connections);
  EXPECT_EQ(w.outcome_of(carol->set("room", "k")).code(), errc::stale_connection);
  bob->disconnect();
  w.settle();
  EXPECT_TRUE(w.connect("carol")->connected().get());
}

TEST(Connections, S8_bad_connects_are_refused) {
  world w;
  const auto code = [&](connect_options who) {
    return w.connect(std::move(who))->connected().get().code();
  };
  EXPECT_EQ(code({.client = ""}), errc::invalid_argument);
  EXPECT_EQ(code({.client = std::string(257, 'x')}), errc::invalid_argument);
  EXPECT_EQ(code({.client = std::string(256, 'x')}), errc::none);
  EXPECT_EQ(code({.client = "a", .ns = std::string(257, 'x')}), errc::invalid_argument);
  EXPECT_EQ(code({.client = "a", .ns = "\xc0"}), errc::invalid_argument);
  EXPECT_EQ(code({.client = "a", .max_inflight = 0}), errc::invalid_argument);
  EXPECT_EQ(code({.client = "a", .max_inflight = 1000}), errc::none);
}

TEST(Connections, C6_a_clean_leave_finishes_what_was_asked) {
  world w;
  auto alice = w.connect("alice");
  const auto bad = alice->put({.to = "bob", .pack = body::bytes(std::string(70'000, 'x'))});
  const auto good = alice->put({.to = "bob", .pack = body::bytes("1")});
  alice->disconnect();
  EXPECT_EQ(w.outcome_of(bad).code(), errc::payload_too_large);
  EXPECT_EQ(w.outcome_of(good).code(), errc::none);
  EXPECT_EQ(w.outcome_of(w.server().pending("bob"))->pending, 1u);
}

TEST(Connections, N10_what_is_refused_at_once_overtakes_nothing) {
  world w;
  auto alice = w.connect("alice");
  for (int i = 0; i < 1000; ++i) {
    if (i % 50 == 0)
      alice->put({.to = "bob", .pack = body::bytes(std::string(70'000, 'x'))});
    alice->put({.to = "bob", .pack = body::bytes(std::to_string(i))});
  }
  w.settle();
  const auto drained = w.outcome_of(w.server().drain("bob"));
  ASSERT_EQ(drained->notifications.size(), 1000u);
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(drained->notifications[static_cast<std::size_t>(i)].pack.view(), std::to_string(i));
}

TEST(Connections, C7_a_callback_that_throws_ends_its_connection_and_nothing_else) {
  world w;
  auto bob = w.connect("bob");
  handlers what;
  std::optional<goodbye> end;
  what.on_notification = [](const offered_notification&) { throw std::runtime_error{"no"}; };
  what.on_end = [&](const goodbye& why) { end = why; };
  auto alice = w.broker().connect({.client = "alice"}, what);
  ASSERT_TRUE(w.outcome_of(bob->watch("alice")));
  ASSERT_TRUE(w.outcome_of(bob->put({.to = "alice"})));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->reason, end_reason::sink_failed);
  EXPECT_EQ(w.outcome_of(alice.pending()).code(), errc::stale_connection);
  EXPECT_EQ(bob.seen().presences().back().state, presence::absent);
  EXPECT_EQ(w.outcome_of(w.server().pending("alice"))->pending, 1u); // not acknowledged
  EXPECT_TRUE(w.outcome_of(bob->pending()));
  EXPECT_EQ(w.broker().stats().crashes, 0u);
}

TEST(Connections, C7_a_completion_that_throws_ends_its_connection) {
  for (const std::size_t bytes : {1u, 70'000u}) { // answered later, and refused at once
    world w;
    auto alice = w.connect("alice");
    alice->put({.to = "bob", .pack = body::bytes(std::string(bytes, 'x'))},
               [](const outcome<put_receipt>&) { throw 7; });
    w.settle();
    ASSERT_TRUE(alice.seen().end);
    EXPECT_EQ(alice.seen().end->reason, end_reason::sink_failed);
    EXPECT_EQ(w.broker().stats().connections, 0u);
  }
}

TEST(Connections, C7_even_a_callback_for_the_end_may_throw) {
  world w;
  handlers what;
  what.on_end = [](const goodbye&) { throw std::runtime_error{"no"}; };
  auto alice = w.broker().connect({.client = "alice"}, what);
  const auto asked = alice.await(trace_id{1, 2}, 1h);
  w.settle();
  alice.cut();
  w.settle();
  EXPECT_EQ(w.broker().stats().connections, 0u);
}

TEST(Connections, C7_waiting_inside_a_callback_would_block) {
  world w;
  errc waited = errc::none;
  errc ready = errc::internal;
  handlers what;
  std::optional<connection> alice;
  what.on_notification = [&](const offered_notification&) {
    waited = alice->pending().get().code();
    ready = alice->connected().get().code(); // already connected: nothing to wait for
  };
  alice.emplace(w.broker().connect({.client = "alice"}, what));
  w.settle();
  w.outcome_of(w.server().put({.to = "alice"}));
  EXPECT_EQ(waited, errc::would_block);
  EXPECT_EQ(ready, errc::none);
  EXPECT_TRUE(w.outcome_of(alice->pending())); // the connection lives
}

TEST(Connections, C7_an_ended_connection_fails_all_its_futures) {
  for (int kind = 0; kind < 4; ++kind) {
    world w;
    auto bob = w.connect("bob");
    auto alice = w.connect("alice");
    const auto suit =
        w.outcome_of(alice->put({.to = "nobody", .kind = notification_kind::suit}))->trace;
    const auto waits = alice->await(suit, 1h);
    w.settle();
    const auto queued = alice->put({.to = "bob"}); // the operation is still in the inbox
    if (kind == 0)
      alice->cut();
    if (kind == 1)
      caf::anon_send_exit(alice->actor(), caf::exit_reason::kill);
    if (kind == 2)
      w.connect("alice");
    if (kind == 3)
      w.stop();
    w.settle();
    ASSERT_TRUE(waits.is_ready()) << kind;
    EXPECT_EQ(waits.get().code(), kind == 3 ? errc::shutting_down : errc::stale_connection) << kind;
    EXPECT_TRUE(queued.is_ready()) << kind;
    EXPECT_TRUE(alice->put({.to = "bob"}).is_ready()) << kind; // refused at once
  }
}

TEST(Connections, C7_a_connection_killed_while_it_connects_fails_its_connect) {
  world w;
  bool has_ended = false;
  handlers what;
  what.on_end = [&](const goodbye&) { has_ended = true; };
  auto alice = w.broker().connect({.client = "alice"}, what);
  const auto early = alice.pending();
  caf::anon_send_exit(alice.actor(), caf::exit_reason::kill);
  w.settle();
  ASSERT_TRUE(alice.connected().is_ready());
  EXPECT_FALSE(alice.connected().get());
  ASSERT_TRUE(early.is_ready());
  EXPECT_EQ(early.get().code(), errc::stale_connection);
  EXPECT_TRUE(has_ended);
}

/// The pushes to all clients of a short random script, and the broker's counters.
std::string run_story(std::uint64_t seed) {
  world w{{}, seed};
  std::string log;
  std::mt19937_64 random{99}; // one script for all runs; only the schedule is `seed`'s
  std::vector<client> all;
  for (const auto* name : {"a", "b", "c", "d"})
    all.push_back(w.connect(name));
  for (auto& one : all)
    one->subscribe("room");
  for (int i = 0; i < 60; ++i) {
    auto& one = all[random() % all.size()];
    const auto n = std::to_string(random() % 3);
    one->set("room", "k" + n, body::bytes(std::to_string(i)), 1ms * (random() % 50));
    one->put({.to = std::string(1, static_cast<char>('a' + random() % 4)),
              .pack = body::bytes(std::to_string(i)),
              .want = receipts::wanted});
    if (i % 16 == 15)
      w.pass(10ms);
  }
  all[0]->cut();
  w.pass(100ms);
  for (auto& one : all) {
    for (const auto& word : words_of(one.seen().events()))
      log += word + "\n";
    for (const auto& got : one.seen().deliveries())
      log += to_string(got.trace) + " " + std::string{got.pack.view()} + "\n";
    for (const auto& step : one.seen().steps())
      log += to_string(step.trace) + std::string{to_string(step.state)} + "\n";
  }
  return log + std::to_string(w.broker().stats().events);
}

TEST(Connections, T1_the_same_seed_gives_the_same_run) {
  const auto first = run_story(7);
  EXPECT_GT(first.size(), 1000u);
  for (int i = 0; i < 10; ++i)
    ASSERT_EQ(run_story(7), first);
  std::set<std::string> others;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    others.insert(run_story(seed));
  EXPECT_GT(others.size(), 5u); // the schedule is really shuffled
}

TEST(Connections, T2_pass_walks_from_deadline_to_deadline) {
  world w;
  auto alice = w.connect("alice");
  for (const auto ttl : {3s, 1s, 2s})
    ASSERT_TRUE(w.outcome_of(alice->set("room", std::to_string(ttl.count()), {}, ttl)));
  const auto start = w.now();
  std::vector<std::int64_t> cleared_at;
  std::uint64_t before = w.broker().stats().events;
  w.pass(10s, [&] {
    if (std::exchange(before, w.broker().stats().events) != before)
      cleared_at.push_back((w.now() - start).count());
  });
  EXPECT_THAT(cleared_at, ElementsAre(1'000'000'001, 2'000'000'001, 3'000'000'001));
  EXPECT_EQ(w.now() - start, 10s);
}

TEST(Connections, T2_a_step_is_one_message_so_a_test_can_cut_in_the_middle) {
  world w;
  auto alice = w.broker().connect({.client = "alice"});
  EXPECT_FALSE(alice.connected().is_ready());
  int steps = 0;
  while (!alice.connected().is_ready() && w.step())
    ++steps;
  EXPECT_GE(steps, 3); // connection, shard, client, and the way back
  w.settle();
  EXPECT_FALSE(w.step());
}

TEST(Connections, T3_an_idle_broker_has_no_alarm) {
  world w;
  EXPECT_FALSE(w.next_alarm());
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  EXPECT_FALSE(w.next_alarm()); // connected clients alone need none
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", {}, 30min)));
  ASSERT_TRUE(w.outcome_of(alice->put({.to = "carol", .ttl = 1h})));
  EXPECT_TRUE(w.next_alarm());
  ASSERT_TRUE(w.outcome_of(alice->clear("room", "k")));
  w.outcome_of(w.server().drain("carol"));
  w.pass(1h + 1s);
  EXPECT_FALSE(w.next_alarm());
  alice->disconnect();
  bob->cut();
  w.settle();
  EXPECT_FALSE(w.next_alarm());
  EXPECT_EQ(w.broker().stats().clients, 0u);
  EXPECT_EQ(w.broker().stats().topics, 0u);
}

} // namespace
} // namespace restante::testing
