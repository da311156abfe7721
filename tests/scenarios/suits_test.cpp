// Suits: replies and the callers that wait for them. N7, N13.

#include "restante/tests/support/notifications.hpp"

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

class Suits : public NotificationWorld {};

TEST_F(Suits, N7_a_later_reply_replaces_an_earlier_one) {
  auto bob = w().connect("bob");
  const auto one = put(suit_to("bob", "?"));
  const auto first = must(of(bob->reply(one.trace, body::bytes("yes"))));
  EXPECT_EQ(first.notification.reply.view(), "yes");
  EXPECT_EQ(first.notification.state, notification_state::replied);
  w().pass(1s);
  of(bob->reply(one.trace, body::json("null")));
  EXPECT_EQ(status(one.trace).reply, body::json("null"));
  EXPECT_EQ(status(one.trace).replied_at, w().now());
}

TEST_F(Suits, N7_a_reply_before_delivery_leaves_it_undelivered_in_its_place) {
  put(text_to("bob", "1"));
  const auto two = put(suit_to("bob", "2"));
  put(text_to("bob", "3"));
  const auto seen = must(of(server().reply(two.trace, body::bytes("yes")))).notification;
  EXPECT_EQ(seen.state, notification_state::replied);
  EXPECT_FALSE(seen.delivered());
  EXPECT_EQ(pending("bob"), 3U);
  auto bob = w().connect("bob");
  EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"1", "2", "3"}));
  EXPECT_TRUE(status(two.trace).delivered());
  EXPECT_EQ(status(two.trace).state, notification_state::replied);
}

TEST_F(Suits, N7_a_reply_has_64_KiB_at_most) {
  const auto one = put(suit_to("bob", "?"));
  const std::string most(64 * 1024, 'x');
  EXPECT_TRUE(of(server().reply(one.trace, body::bytes(most))).ok());
  EXPECT_EQ(of(server().reply(one.trace, body::bytes(most + "x"))).code(), errc::payload_too_large);
  EXPECT_EQ(status(one.trace).reply.size(), most.size());
}

TEST_F(Suits, N7_only_to_a_suit_and_only_by_its_receiver_or_the_server) {
  auto alice = w().connect("alice");
  auto bob = w().connect("bob");
  const auto plain = must(of(alice->put(text_to("bob", "x"))));
  const auto suit = must(of(alice->put(suit_to("bob", "?"))));
  EXPECT_EQ(of(bob->reply(plain.trace, {})).code(), errc::not_a_suit);
  EXPECT_EQ(of(server().reply(plain.trace, {})).code(), errc::not_a_suit);
  EXPECT_EQ(of(alice->reply(suit.trace, {})).code(), errc::forbidden);
  EXPECT_EQ(of(bob->reply(trace_id{1, 2}, {})).code(), errc::not_found);
  EXPECT_TRUE(of(bob->reply(suit.trace, {})).ok()); // an empty one is a reply too
  EXPECT_TRUE(status(suit.trace).replied());
}

TEST_F(Suits, N7_N8_not_after_it_has_expired) {
  const auto one = put(suit_to("bob", "?", 1s));
  w().pass(1s);
  EXPECT_TRUE(of(server().reply(one.trace, {})).ok());
  w().pass(1ns);
  EXPECT_EQ(of(server().reply(one.trace, {})).code(), errc::not_found);
}

TEST_F(Suits, N13_an_await_is_answered_the_moment_the_reply_is_recorded) {
  auto alice = w().connect("alice");
  auto bob = w().connect("bob");
  const auto one = must(of(alice->put(suit_to("bob", "?"))));
  const auto waiting = alice->await(one.trace, 1h);
  w().pass(10min);
  EXPECT_FALSE(waiting.is_ready());
  of(bob->reply(one.trace, body::bytes("yes")));
  ASSERT_TRUE(waiting.is_ready());
  EXPECT_EQ(must(waiting.get()).value.view(), "yes");
  EXPECT_EQ(must(waiting.get()).replied_at, w().now());
  EXPECT_EQ(must(of(alice->await(one.trace, 0s))).value.view(), "yes"); // it is there: no wait
}

TEST_F(Suits, N13_an_await_times_out_at_its_deadline) {
  const auto one = put(suit_to("bob", "?"));
  const auto waiting = server().await(one.trace, 1500ms);
  w().pass(1500ms - 1ns);
  EXPECT_FALSE(waiting.is_ready());
  w().pass(1ns);
  ASSERT_TRUE(waiting.is_ready());
  EXPECT_EQ(waiting.get().code(), errc::timeout);
}

TEST_F(Suits, N13_no_or_negative_time_is_over_at_once) {
  const auto one = put(suit_to("bob", "?"));
  EXPECT_EQ(of(server().await(one.trace, 0s)).code(), errc::timeout);
  EXPECT_EQ(of(server().await(one.trace, duration::min())).code(), errc::timeout);
}

TEST_F(Suits, N13_an_enormous_timeout_waits_until_the_notification_ends) {
  const auto one = put(suit_to("bob", "?", 24h * 1000));
  const auto waiting = server().await(one.trace, duration::max());
  const auto years = server().await(one.trace, 24h * 365 * 200);
  w().pass(24h * 1000);
  EXPECT_FALSE(waiting.is_ready());
  w().pass(1ns);
  ASSERT_TRUE(waiting.is_ready());
  EXPECT_EQ(waiting.get().code(), errc::not_found);
  EXPECT_EQ(years.get().code(), errc::not_found);
}

TEST_F(Suits, N13_waiting_ends_not_found_when_the_suit_is_evicted_expired_or_forgotten) {
  how.limits.queue_length = 1;
  how.limits.delivered_length = 0;
  const auto evicted = put(suit_to("a", "?"));
  const auto forgotten = put(suit_to("b", "?"));
  const auto expired = put(suit_to("c", "?", 1s));
  const auto first = server().await(evicted.trace, 1h);
  const auto second = server().await(forgotten.trace, 1h);
  const auto third = server().await(expired.trace, 1h);
  put(text_to("a", "newer"));
  drain("b");
  EXPECT_EQ(of(first).code(), errc::not_found);
  EXPECT_EQ(of(second).code(), errc::not_found);
  w().pass(1s);
  EXPECT_FALSE(third.is_ready());
  w().pass(1ns);
  EXPECT_EQ(of(third).code(), errc::not_found);
}

TEST_F(Suits, N13_eight_may_wait_for_one_reply) {
  auto alice = w().connect("alice");
  const auto one = must(of(alice->put(suit_to("bob", "?"))));
  const auto two = must(of(alice->put(suit_to("bob", "?"))));
  std::vector<answer<reply_view>> waiting;
  for (int n = 0; n < 8; ++n)
    waiting.push_back(alice->await(one.trace, 1h));
  EXPECT_EQ(of(alice->await(one.trace, 1h)).code(), errc::too_many_waiters);
  EXPECT_EQ(of(server().await(one.trace, 1h)).code(), errc::too_many_waiters);
  const auto other = alice->await(two.trace, 1h);
  of(server().reply(one.trace, body::bytes("yes")));
  for (const auto& each : waiting)
    EXPECT_EQ(must(of(each)).value.view(), "yes");
  EXPECT_FALSE(other.is_ready());
}

TEST_F(Suits, N13_waiters_go_with_their_connection) {
  for (const bool cleanly : {true, false}) {
    auto asked = suit_to("bob", "?");
    asked.from = "alice";
    const auto hers = put(asked);
    std::vector<answer<reply_view>> waiting;
    {
      auto alice = w().connect("alice");
      for (int n = 0; n < 8; ++n)
        waiting.push_back(alice->await(hers.trace, 1h));
      w().settle();
      cleanly ? alice->disconnect() : alice->cut();
      w().settle();
    }
    for (const auto& each : waiting)
      EXPECT_EQ(of(each).code(), errc::stale_connection);
    auto again = w().connect("alice");
    const auto anew = again->await(hers.trace, 1h); // the places are free again
    w().settle();
    EXPECT_FALSE(anew.is_ready());
    of(server().reply(hers.trace, body::bytes("yes")));
    EXPECT_EQ(must(of(anew)).value.view(), "yes");
  }
}

TEST_F(Suits, N13_waiters_of_a_detached_connection_go_too) {
  auto asked = suit_to("bob", "?");
  asked.from = "alice";
  const auto one = put(asked);
  auto alice = w().connect({.client = "alice", .resume_window = 60s});
  const auto token = alice.seen().connects.at(0).resume;
  std::vector<answer<reply_view>> waiting;
  for (int n = 0; n < 8; ++n)
    waiting.push_back(alice->await(one.trace, 1h));
  w().settle();
  alice->cut();
  w().settle();
  EXPECT_EQ(of(waiting[0]).code(), errc::stale_connection);
  auto again = w().connect({.client = "alice", .resume_window = 60s, .resume = token});
  EXPECT_EQ(again.seen().connects.at(0).result, attach_result::resumed);
  std::vector<answer<reply_view>> anew;
  for (int n = 0; n < 8; ++n)
    anew.push_back(again->await(one.trace, 1h));
  w().settle();
  for (const auto& each : anew)
    EXPECT_FALSE(each.is_ready());
  EXPECT_EQ(of(again->await(one.trace, 1h)).code(), errc::too_many_waiters);
}

TEST_F(Suits, N13_the_reply_outlives_both_connections) {
  trace_id trace;
  {
    auto alice = w().connect("alice");
    auto bob = w().connect("bob");
    trace = must(of(alice->put(suit_to("bob", "?", 1h)))).trace;
    of(bob->reply(trace, body::bytes("yes")));
  }
  w().pass(30min);
  EXPECT_EQ(w().broker().stats().connections, 0U);
  auto alice = w().connect("alice");
  EXPECT_EQ(must(of(alice->await(trace, 1s))).value.view(), "yes");
}

TEST_F(Suits, N13_only_the_sender_or_the_server_waits_and_only_for_a_suit) {
  auto alice = w().connect("alice");
  auto bob = w().connect("bob");
  const auto plain = must(of(alice->put(text_to("bob", "x"))));
  const auto suit = must(of(alice->put(suit_to("bob", "?"))));
  EXPECT_EQ(of(bob->await(suit.trace, 1s)).code(), errc::forbidden);
  EXPECT_EQ(of(alice->await(plain.trace, 1s)).code(), errc::not_a_suit);
  EXPECT_EQ(of(alice->await(trace_id{1, 2}, 1s)).code(), errc::not_found);
  EXPECT_EQ(of(alice->await(trace_id{}, 1s)).code(), errc::not_found);
}

TEST_F(Suits, N13_waiting_holds_up_nothing_else_even_beside_a_put_for_many) {
  auto alice = w().connect("alice");
  const auto one = must(of(alice->put(suit_to("bob", "?"))));
  const auto many = alice->put_many({"c", "d", "e"}, text_to("", "x"));
  const auto waiting = alice->await(one.trace, 1h);
  w().settle();
  EXPECT_FALSE(waiting.is_ready()) << to_string(waiting.get().code());
  EXPECT_EQ(must(of(many)).outcomes.size(), 3U);
  EXPECT_EQ(must(of(alice->pending())).pending, 0U);
}

TEST_F(Suits, N13_T3_a_long_wait_leaves_no_heap_of_alarms) {
  const auto one = put(suit_to("bob", "?"));
  const auto waiting = server().await(one.trace, 1h);
  for (int n = 0; n < 300; ++n) { // each request has a different deadline
    server().pending("bob");
    w().pass(11s);
  }
  int rings = 0;
  w().pass(10min, [&] { ++rings; });
  EXPECT_EQ(waiting.get().code(), errc::timeout);
  EXPECT_LE(rings, 64);
}

TEST_F(Suits, N13_N19_suits_and_waits_end_without_an_alarm_or_an_actor) {
  const auto actors = w().broker().stats().actors;
  {
    auto alice = w().connect("alice");
    for (int n = 0; n < 8; ++n) {
      const auto one = must(of(alice->put(suit_to("bob", "?", n * 1s + 1s))));
      alice->await(one.trace, 4s);
    }
    w().pass(2s);
  }
  expect_quiet();
  EXPECT_EQ(w().broker().stats().actors, actors);
}

} // namespace
} // namespace restante::testing
