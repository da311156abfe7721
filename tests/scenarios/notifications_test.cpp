// Queues and deliveries, tested through the whole broker: N1, N2, N4, N5, N8–N11.

#include "restante/tests/support/notifications.hpp"

#include <algorithm>
#include <set>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

class Notifications : public NotificationWorld {};

TEST_F(Notifications, N1_N10_a_put_reaches_a_connected_client_at_once_as_it_went_in) {
  auto bob = w().connect("bob");
  const auto pack = body::json(R"({"b":1.10,"a":12345678901234567890,"b":null})");
  auto asked = text_to("bob", "");
  asked.pack = pack;
  const auto receipt = put(asked);
  EXPECT_EQ(receipt.created_at, w().now());
  EXPECT_EQ(receipt.expires_at, w().now() + 24h);
  const auto got = bob.seen().deliveries();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].trace, receipt.trace);
  EXPECT_EQ(got[0].from, "server");
  EXPECT_EQ(got[0].attempts, 1U);
  EXPECT_TRUE(got[0].pack.shares_buffer_with(pack));
  EXPECT_EQ(pending("bob"), 0U);
}

TEST_F(Notifications, N2_N8_negative_and_enormous_ttls) {
  EXPECT_EQ(put(text_to("bob", "1", -5s)).expires_at, w().now() + 24h);
  EXPECT_EQ(put(text_to("bob", "2", duration::min())).expires_at, w().now() + 24h);
  EXPECT_EQ(put(text_to("bob", "3", duration::max())).expires_at, instant::never());
  const auto century = put(text_to("bob", "4", 24h * 36500));
  w().pass(24h + 2ns);
  EXPECT_EQ(pending("bob"), 2U);
  w().pass(24h * 36500);
  EXPECT_EQ(status_code(century.trace), errc::not_found);
  EXPECT_EQ(drain("bob"), packs{"3"});
}

TEST_F(Notifications, N4_oldest_is_evicted_at_the_cap) {
  how.limits.queue_length = 3;
  const auto first = put(text_to("bob", "1"));
  put(text_to("bob", "2"));
  EXPECT_FALSE(put(text_to("bob", "3")).evicted);
  EXPECT_EQ(put(text_to("bob", "4")).evicted, first.trace);
  EXPECT_EQ(w().broker().stats().evicted, 1U);
  EXPECT_EQ(status_code(first.trace), errc::not_found);
  EXPECT_EQ(pending("bob"), 3U);
  auto bob = w().connect("bob");
  EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"2", "3", "4"}));
}

TEST_F(Notifications, N4_the_default_cap_is_1024_for_each_target) {
  std::vector<answer<put_receipt>> all;
  for (int n = 0; n < 1025; ++n)
    all.push_back(server().put(text_to("bob", std::to_string(n))));
  put(text_to("carol", "x"));
  EXPECT_FALSE(must(of(all[1023])).evicted);
  EXPECT_EQ(must(of(all[1024])).evicted, must(of(all[0])).trace);
  EXPECT_EQ(pending("bob"), 1024U);
  EXPECT_EQ(pending("carol"), 1U);
}

TEST_F(Notifications, N4_with_a_cap_of_one_an_offered_one_fills_the_target) {
  how.limits.queue_length = 1;
  auto bob = explicitly("bob");
  const auto first = put(text_to("bob", "1"));
  EXPECT_EQ(of(server().put(text_to("bob", "2"))).code(), errc::target_full);
  EXPECT_EQ(must(of(bob->ack(first.trace))).result, ack_result::in_time);
  EXPECT_EQ(of(server().put(text_to("bob", "3"))).code(), errc::none);
  EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"1", "3"}));
  EXPECT_EQ(w().broker().stats().evicted, 0U);
}

TEST_F(Notifications, N4_with_a_cap_of_two_the_window_is_one_and_the_queued_one_goes) {
  how.limits.queue_length = 2;
  auto bob = explicitly("bob");
  const auto first = put(text_to("bob", "1"));
  const auto second = put(text_to("bob", "2"));
  EXPECT_EQ(packs_of(bob.seen().deliveries()), packs{"1"});
  EXPECT_EQ(put(text_to("bob", "3")).evicted, second.trace);
  EXPECT_EQ(pending("bob"), 2U);
  of(bob->ack(first.trace));
  EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"1", "3"}));
}

TEST_F(Notifications, N5_drain_is_oldest_first_includes_offered_ones_and_empties) {
  auto bob = explicitly("bob", 2);
  const auto first = put(text_to("bob", "1"));
  put(text_to("bob", "2"));
  const auto third = put(text_to("bob", "3"));
  put(text_to("bob", "gone", 1s));
  w().pass(1s + 1ns);
  EXPECT_EQ(drain("bob"), (packs{"1", "2", "3"}));
  EXPECT_EQ(drain("bob"), packs{});
  EXPECT_EQ(pending("bob"), 0U);
  EXPECT_EQ(status(first.trace).delivered_at, w().now());
  EXPECT_EQ(status(third.trace).delivered_at, w().now());
  EXPECT_EQ(status(third.trace).attempts, 0U);
  EXPECT_EQ(must(of(bob->ack(first.trace))).result, ack_result::late);
  put(text_to("bob", "4")); // the window is free again
  EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"1", "2", "4"}));
}

TEST_F(Notifications, N5_N9_of_a_client_nobody_knows_there_is_nothing) {
  EXPECT_EQ(drain("nobody"), packs{});
  EXPECT_EQ(pending("nobody"), 0U);
  EXPECT_EQ(w().broker().stats().clients, 0U);
}

TEST_F(Notifications, N8_at_expires_at_it_is_there_one_tick_later_it_is_gone) {
  const auto one = put(text_to("bob", "1", 1500ms + 7ns));
  w().pass(1500ms + 7ns);
  EXPECT_EQ(w().now(), one.expires_at);
  EXPECT_EQ(pending("bob"), 1U);
  EXPECT_EQ(status_code(one.trace), errc::none);
  EXPECT_EQ(w().next_alarm(), one.expires_at + 1ns);
  w().pass(1ns);
  EXPECT_EQ(w().broker().stats().clients, 0U); // the alarm expired it, without a query
  EXPECT_EQ(status_code(one.trace), errc::not_found);
}

TEST_F(Notifications, N8_alarms_are_never_set_for_the_past_or_the_present) {
  std::optional<instant> last;
  for (const auto ttl : std::initializer_list<duration>{1ns, 1ms, 1ms + 1ns, 999'999ns, 3s, 1h})
    put(text_to("bob", "x", ttl));
  w().pass(2h, [&] {
    EXPECT_EQ(last == w().now(), false); // no two deadlines are at one instant
    last = w().now();
    if (const auto next = w().next_alarm()) {
      EXPECT_GT(*next, w().now());
    }
  });
  EXPECT_EQ(w().broker().stats().clients, 0U);
}

TEST_F(Notifications, N8_purge_counts_what_expired_whoever_removed_it_and_starts_again) {
  how.limits.delivered_length = 1;
  put(text_to("bob", "1", 1s));
  put(text_to("bob", "2", 1s));
  drain("bob"); // forgets the first record: it has not expired
  put(text_to("bob", "3", 1s));
  put(text_to("carol", "4", 1s));
  put(text_to("carol", "5", 1h));
  auto other = text_to("bob", "6", 1s);
  other.ns = "other";
  put(other);
  EXPECT_EQ(must(of(server().purge())).removed, 0U);
  w().pass(1s + 1ns);
  EXPECT_EQ(must(of(server().purge())).removed, 3U);
  EXPECT_EQ(must(of(server().purge())).removed, 0U);
  EXPECT_EQ(must(of(server().purge("other"))).removed, 1U);
  EXPECT_EQ(must(of(server().purge("unknown"))).removed, 0U);
}

TEST_F(Notifications, N8_many_that_expire_together_are_all_counted_by_a_purge_at_that_instant) {
  for (int n = 0; n < 1000; ++n) // more than expire in one turn
    server().put(text_to("bob", "x", 1s));
  for (int n = 0; n < 100; ++n) // more than are woken at once
    server().put(text_to("client-" + std::to_string(n), "x", 1s));
  w().settle();
  // The clock moves to that instant, but no message is handled before the purge is requested.
  auto& time = *server().time();
  while (w().now() < instant{1} + 1s + 1ns)
    time.ring_next();
  const auto purged = server().purge();
  EXPECT_EQ(must(of(purged)).removed, 1100U);
  EXPECT_EQ(w().broker().stats().clients, 0U);
}

TEST_F(Notifications, N8_N11_one_that_expires_in_flight_lets_the_next_come) {
  auto bob = explicitly("bob", 1);
  const auto one = put(text_to("bob", "1", 1s));
  put(text_to("bob", "2"));
  w().pass(1s);
  EXPECT_EQ(packs_of(bob.seen().deliveries()), packs{"1"});
  w().pass(1ns);
  EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"1", "2"}));
  EXPECT_EQ(must(of(bob->ack(one.trace))).result, ack_result::late);
}

TEST_F(Notifications, N9_pending_counts_queued_and_offered_but_not_expired) {
  auto bob = explicitly("bob", 1);
  put(text_to("bob", "1"));
  put(text_to("bob", "2", 1s));
  put(text_to("bob", "3"));
  EXPECT_EQ(must(of(bob->pending())).pending, 3U);
  w().pass(1s + 1ns);
  EXPECT_EQ(must(of(bob->pending())).pending, 2U);
  EXPECT_EQ(pending("bob"), 2U);
}

TEST_F(Notifications, N10_an_absent_client_gets_all_in_order_when_it_connects) {
  for (int n = 0; n < 200; ++n)
    server().put(text_to("bob", std::to_string(n)));
  w().settle();
  auto bob = w().connect("bob");
  ASSERT_EQ(bob.seen().connects.size(), 1U);
  EXPECT_EQ(bob.seen().connects[0].pending, 200U);
  const auto got = packs_of(bob.seen().deliveries());
  ASSERT_EQ(got.size(), 200U);
  for (int n = 0; n < 200; ++n)
    EXPECT_EQ(got[static_cast<std::size_t>(n)], std::to_string(n));
}

TEST_F(Notifications, N10_N11_order_holds_across_reconnects_in_any_schedule) {
  for (std::uint64_t at = 1; at <= 20; ++at) {
    world shuffled{{}, at};
    auto alice = shuffled.connect("alice");
    std::vector<std::string> acked;
    int sent = 0;
    for (int round = 0; round < 6; ++round) {
      auto bob = shuffled.connect(
          {.client = "bob", .acks = ack_mode::explicit_by_peer, .max_inflight = 3});
      for (int n = 0; n < 4; ++n)
        alice->put(text_to("bob", std::to_string(sent++)));
      for (int n = 0; n < 40 && shuffled.step(); ++n) {
      }
      const auto got = bob.seen().deliveries();
      for (std::size_t n = 0; n < got.size() && n < 2; ++n) {
        bob->ack(got[n].trace);
        acked.emplace_back(got[n].pack.view());
      }
      if (round % 2 == 0) {
        bob->disconnect(); // lets the acks finish
      }
      shuffled.settle();
    }
    auto last = shuffled.connect("bob");
    shuffled.settle();
    auto all = acked;
    for (const auto& one : packs_of(last.seen().deliveries()))
      all.push_back(one);
    // Acks that a dropped connection had sent still count. Notifications that are delivered again
    // were not acknowledged.
    packs expected;
    for (int n = 0; n < sent; ++n)
      expected.push_back(std::to_string(n));
    EXPECT_EQ(all, expected) << "seed " << at;
  }
}

TEST_F(Notifications, N10_puts_of_one_connection_stay_in_order_behind_a_refused_one) {
  connection alice = w().broker().connect({.client = "alice"});
  const auto bad = alice.put(text_to("", "bad")); // all wait for the connect, then all are taken
  for (int n = 0; n < 600; ++n)
    alice.put(text_to("bob", std::to_string(n)));
  EXPECT_EQ(of(bad).code(), errc::invalid_argument);
  const auto got = drain("bob");
  ASSERT_EQ(got.size(), 600U);
  for (int n = 0; n < 600; ++n)
    ASSERT_EQ(got[static_cast<std::size_t>(n)], std::to_string(n));
}

TEST_F(Notifications, N11_at_most_max_inflight_are_out) {
  auto bob = explicitly("bob", 2);
  std::vector<put_receipt> all;
  for (int n = 0; n < 5; ++n)
    all.push_back(put(text_to("bob", std::to_string(n))));
  EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"0", "1"}));
  of(bob->ack(all[1].trace));
  EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"0", "1", "2"}));
  EXPECT_EQ(status(all[0].trace).state, notification_state::offered);
  EXPECT_EQ(status(all[1].trace).state, notification_state::delivered);
  EXPECT_EQ(status(all[3].trace).state, notification_state::queued);
}

TEST_F(Notifications, N11_the_window_is_64_at_most_and_below_1_is_refused) {
  auto bob = explicitly("bob", 1000);
  for (int n = 0; n < 70; ++n)
    server().put(text_to("bob", "x"));
  w().settle();
  EXPECT_EQ(bob.seen().deliveries().size(), 64U);
  auto none = explicitly("none", 0);
  EXPECT_EQ(of(none->connected()).code(), errc::invalid_argument);
}

TEST_F(Notifications, N11_what_a_lost_connection_had_comes_again_first_with_attempts_raised) {
  {
    auto bob = explicitly("bob", 2);
    const auto first = put(text_to("bob", "1"));
    put(text_to("bob", "2"));
    put(text_to("bob", "3"));
    of(bob->ack(first.trace));
    bob->cut();
    w().settle();
  }
  put(text_to("bob", "4"));
  auto again = explicitly("bob");
  const auto got = again.seen().deliveries();
  EXPECT_EQ(packs_of(got), (packs{"2", "3", "4"}));
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0].attempts, 2U);
  EXPECT_EQ(got[1].attempts, 2U);
  EXPECT_EQ(got[2].attempts, 1U);
}

TEST_F(Notifications, N11_acks_late_unknown_or_twice_are_fine_and_late) {
  auto bob = explicitly("bob");
  const auto one = put(text_to("bob", "1"));
  EXPECT_EQ(must(of(bob->ack(one.trace))).result, ack_result::in_time);
  EXPECT_EQ(must(of(bob->ack(one.trace))).result, ack_result::late);
  EXPECT_EQ(must(of(bob->ack(trace_id{1, 1}))).result, ack_result::late);
  EXPECT_EQ(must(of(bob->ack(trace_id{}))).result, ack_result::late);
}

TEST_F(Notifications, N11_nobody_acknowledges_what_another_was_offered) {
  auto bob = explicitly("bob");
  auto eve = explicitly("eve");
  const auto one = put(text_to("bob", "1"));
  EXPECT_EQ(must(of(eve->ack(one.trace))).result, ack_result::late);
  EXPECT_EQ(status(one.trace).state, notification_state::offered);
}

TEST_F(Notifications, N11_an_automatic_connection_acks_what_its_sink_took) {
  auto bob = w().connect("bob");
  const auto one = put(text_to("bob", "1"));
  EXPECT_EQ(status(one.trace).state, notification_state::delivered);
  EXPECT_EQ(must(of(bob->ack(one.trace))).result, ack_result::late);
  EXPECT_EQ(w().broker().stats().delivered, 1U);
}

/// Whenever a client is cut, no accepted notification is lost: it was acknowledged or is delivered
/// again.
TEST_F(Notifications, N11_a_cut_in_the_middle_of_anything_loses_nothing) {
  for (std::uint64_t at = 1; at <= 60; ++at) {
    world shuffled{{}, at};
    for (int n = 0; n < 5; ++n)
      shuffled.server().put(text_to("bob", std::to_string(n)));
    const auto mode = at % 2 == 0 ? ack_mode::automatic : ack_mode::explicit_by_peer;
    auto bob = shuffled.connect({.client = "bob", .acks = mode, .max_inflight = 2});
    for (int n = 5; n < 10; ++n)
      shuffled.server().put(text_to("bob", std::to_string(n)));
    for (std::uint64_t n = 0; n < at && shuffled.step(); ++n) {
    }
    bob->cut();
    shuffled.settle();
    auto again = shuffled.connect("bob");
    std::set<std::string> all;
    for (const auto& one : packs_of(bob.seen().deliveries()))
      all.insert(one);
    for (const auto& one : again.seen().deliveries()) {
      EXPECT_TRUE(all.insert(std::string{one.pack.view()}).second || one.attempts > 1);
    }
    EXPECT_EQ(all.size(), 10U) << "seed " << at;
    EXPECT_EQ(shuffled.broker().stats().delivered, 10U) << "seed " << at;
    EXPECT_TRUE(std::ranges::is_sorted(packs_of(again.seen().deliveries())));
  }
}

TEST_F(Notifications, N8_N11_a_world_of_expired_notifications_ends_without_an_alarm) {
  auto bob = explicitly("bob", 1);
  for (int n = 1; n < 50; ++n)
    put(text_to(n % 2 == 0 ? "bob" : "carol", "x", n * 100ms));
  expect_quiet();
  EXPECT_EQ(pending("bob"), 0U);
  EXPECT_EQ(w().broker().stats().clients, 1U); // bob is connected
}

} // namespace
} // namespace restante::testing
