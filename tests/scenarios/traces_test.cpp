// Lookups by trace, rights, delivered records, idempotent puts: N3, N6, N14.

#include "restante/tests/support/notifications.hpp"

#include <set>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

class Traces : public NotificationWorld {};

TEST_F(Traces, N3_clients_that_share_a_route_are_asked_in_turn_and_each_trace_is_found) {
  for (const std::optional<std::uint64_t> at : {std::optional<std::uint64_t>{}, {3}, {4}, {5}}) {
    options crowded;
    crowded.route_bits = 2;
    world few{crowded, at};
    std::vector<answer<put_receipt>> puts;
    for (int n = 0; n < 50; ++n)
      puts.push_back(few.server().put(suit_to("client-" + std::to_string(n), "x")));
    few.settle();
    std::vector<answer<status_view>> found;
    for (int n = 0; n < 50; ++n)
      found.push_back(few.server().reply(puts[static_cast<std::size_t>(n)].get()->trace, {}));
    few.settle();
    for (int n = 0; n < 50; ++n) {
      const auto seen = found[static_cast<std::size_t>(n)].get();
      ASSERT_TRUE(seen.ok()) << n;
      EXPECT_EQ(seen->notification.to.client, "client-" + std::to_string(n));
    }
  }
}

TEST_F(Traces, N3_not_found_is_answered_once_by_the_last) {
  how.route_bits = 2;
  for (int n = 0; n < 20; ++n)
    put(text_to("client-" + std::to_string(n), "x"));
  for (std::uint64_t route = 0; route < 4; ++route) {
    int answers = 0;
    get_status ask;
    ask.question.trace = trace_id::make(route, {9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
    server().submit(ask, [&](answer_value&& value) {
      ++answers;
      EXPECT_EQ(std::get<failure>(value).code, errc::not_found);
    });
    w().settle();
    EXPECT_EQ(answers, 1);
  }
}

TEST_F(Traces, N3_a_question_survives_those_that_retire_while_it_goes_round) {
  for (std::uint64_t at = 1; at <= 30; ++at) {
    options crowded;
    crowded.route_bits = 0; // all clients share one route
    world few{crowded, at};
    std::vector<answer<put_receipt>> puts;
    for (int n = 0; n < 8; ++n)
      puts.push_back(few.server().put(suit_to("client-" + std::to_string(n), "x")));
    few.settle();
    const auto wanted = puts[7].get()->trace;
    const auto asked = few.server().status(wanted);
    for (std::uint64_t n = 0; n < at % 9; ++n)
      few.step();
    std::vector<client> brief; // the client is made and retired while the question is under way
    for (int n = 0; n < 4; ++n) {
      few.broker().connect({.client = "brief-" + std::to_string(n)}).disconnect();
    }
    const auto seen = few.outcome_of(asked);
    ASSERT_TRUE(seen.ok()) << "seed " << at;
    EXPECT_EQ(seen->notification.to.client, "client-7");
    EXPECT_EQ(few.broker().stats().clients, 8U);
  }
}

TEST_F(Traces, N3_traces_are_distinct_well_formed_and_not_zero) {
  std::set<std::string> seen;
  for (int n = 0; n < 500; ++n) {
    const auto text = to_string(put(text_to("bob", "x")).trace);
    EXPECT_TRUE(trace_of(text));
    EXPECT_TRUE(seen.insert(text).second);
  }
  EXPECT_EQ(of(server().status(trace_id{})).code(), errc::not_found);
}

TEST_F(Traces, N6_a_snapshot_follows_the_notification) {
  auto alice = w().connect("alice");
  const auto one = must(of(alice->put(suit_to("bob", "?", 1h))));
  auto seen = must(of(alice->status(one.trace))).notification;
  EXPECT_EQ(seen.from, "alice");
  EXPECT_EQ(seen.to, (client_address{"", "bob"}));
  EXPECT_EQ(seen.pack.view(), "?");
  EXPECT_EQ(seen.kind, notification_kind::suit);
  EXPECT_EQ(seen.state, notification_state::queued);
  EXPECT_EQ(seen.created_at, one.created_at);
  EXPECT_EQ(seen.expires_at, one.expires_at);
  EXPECT_FALSE(seen.delivered());
  EXPECT_FALSE(seen.replied());
  EXPECT_EQ(seen.attempts, 0U);
  w().pass(1s);
  auto bob = explicitly("bob");
  EXPECT_EQ(must(of(alice->status(one.trace))).notification.state, notification_state::offered);
  w().pass(1s);
  of(bob->ack(one.trace));
  w().pass(1s);
  of(bob->reply(one.trace, body::bytes("!")));
  seen = must(of(bob->status(one.trace))).notification;
  EXPECT_EQ(seen.state, notification_state::replied);
  EXPECT_EQ(seen.delivered_at, one.created_at + 2s);
  EXPECT_EQ(seen.replied_at, one.created_at + 3s);
  EXPECT_EQ(seen.reply.view(), "!");
  EXPECT_EQ(seen.attempts, 1U);
}

TEST_F(Traces, N6_only_sender_receiver_and_server_may_ask) {
  auto alice = w().connect("alice");
  auto bob = w().connect("bob");
  auto eve = w().connect("eve");
  const auto one = must(of(alice->put(text_to("bob", "x"))));
  EXPECT_TRUE(of(alice->status(one.trace)).ok());
  EXPECT_TRUE(of(bob->status(one.trace)).ok());
  EXPECT_TRUE(of(server().status(one.trace)).ok());
  EXPECT_EQ(of(eve->status(one.trace)).code(), errc::forbidden);
  EXPECT_EQ(of(eve->status(trace_id{one.trace.high, one.trace.low + 1})).code(), errc::not_found);
}

TEST_F(Traces, N6_the_same_rights_with_colliding_routes) {
  how.route_bits = 0;
  auto alice = w().connect("alice");
  auto bob = w().connect("bob");
  auto eve = w().connect("eve");
  const auto one = must(of(alice->put(suit_to("bob", "x"))));
  EXPECT_EQ(of(eve->status(one.trace)).code(), errc::forbidden);
  EXPECT_EQ(of(eve->reply(one.trace, {})).code(), errc::forbidden);
  EXPECT_EQ(of(alice->reply(one.trace, {})).code(), errc::forbidden);
  EXPECT_EQ(of(bob->await(one.trace, 1s)).code(), errc::forbidden);
  EXPECT_TRUE(of(bob->reply(one.trace, {})).ok());
}

TEST_F(Traces, N6_E9_a_trace_of_another_namespace_is_unknown) {
  for (const unsigned bits : {48U, 0U}) {
    options either;
    either.route_bits = bits;
    world here{either};
    auto inside = here.connect(connect_options{.client = "alice", .ns = "in"});
    auto outside = here.connect(connect_options{.client = "alice", .ns = "out"});
    auto bob = here.connect(connect_options{.client = "bob", .ns = "out"});
    const auto one = here.outcome_of(inside->put(suit_to("bob", "x")));
    ASSERT_TRUE(one.ok());
    EXPECT_EQ(here.outcome_of(outside->status(one->trace)).code(), errc::not_found);
    EXPECT_EQ(here.outcome_of(bob->reply(one->trace, {})).code(), errc::not_found);
    EXPECT_EQ(here.outcome_of(bob->status(one->trace, "in")).code(), errc::not_found);
    EXPECT_EQ(here.outcome_of(here.server().status(one->trace)).code(), errc::not_found);
    EXPECT_TRUE(here.outcome_of(here.server().status(one->trace, "in")).ok());
    EXPECT_TRUE(bob.seen().deliveries().empty());
  }
}

TEST_F(Traces, N6_a_delivered_one_stays_until_it_expires) {
  const auto one = put(text_to("bob", "x", 10s));
  drain("bob");
  w().pass(10s);
  EXPECT_EQ(status(one.trace).state, notification_state::delivered);
  w().pass(1ns);
  EXPECT_EQ(status_code(one.trace), errc::not_found);
}

TEST_F(Traces, N6_delivered_records_are_bounded_and_the_oldest_is_forgotten) {
  how.limits.delivered_length = 3;
  auto bob = w().connect("bob");
  std::vector<put_receipt> all;
  for (int n = 0; n < 3; ++n)
    all.push_back(put(text_to("bob", "x")));
  for (const auto& one : all)
    EXPECT_EQ(status_code(one.trace), errc::none);
  all.push_back(put(text_to("bob", "x")));
  EXPECT_EQ(status_code(all[0].trace), errc::not_found);
  for (std::size_t n = 1; n < 4; ++n)
    EXPECT_EQ(status_code(all[n].trace), errc::none);
}

TEST_F(Traces, N6_the_default_bound_of_delivered_records_is_1024) {
  auto bob = w().connect("bob");
  std::vector<answer<put_receipt>> all;
  for (int n = 0; n < 1025; ++n) {
    if (n % 500 == 0)
      w().settle(); // delivered before the queue is at its own bound
    all.push_back(server().put(text_to("bob", "x")));
  }
  w().settle();
  EXPECT_EQ(status_code(must(of(all[0])).trace), errc::not_found);
  EXPECT_EQ(status_code(must(of(all[1])).trace), errc::none);
}

TEST_F(Traces, N14_a_repeated_put_answers_the_first_and_stores_nothing) {
  auto alice = w().connect("alice");
  auto asked = text_to("bob", "x", 5s);
  asked.message_id = "m-1";
  const auto first = must(of(alice->put(asked)));
  w().pass(1s);
  const auto second = must(of(alice->put(asked)));
  EXPECT_EQ(second.result, put_result::duplicate);
  EXPECT_EQ(second.trace, first.trace);
  EXPECT_EQ(second.created_at, first.created_at);
  EXPECT_EQ(second.expires_at, first.expires_at);
  EXPECT_EQ(pending("bob"), 1U);
  auto bob = w().connect("bob");
  EXPECT_EQ(must(of(alice->put(asked))).result, put_result::duplicate); // delivered: still live
  EXPECT_EQ(bob.seen().deliveries().size(), 1U);
  w().pass(4s + 1ns);
  EXPECT_EQ(must(of(alice->put(asked))).result, put_result::accepted);
  EXPECT_EQ(bob.seen().deliveries().size(), 2U);
}

TEST_F(Traces, N14_other_sender_other_target_or_other_namespace_is_another_put) {
  auto asked = text_to("bob", "x");
  asked.message_id = "m-1";
  put(asked);
  auto alice = w().connect("alice");
  EXPECT_EQ(must(of(alice->put(asked))).result, put_result::accepted);
  asked.to = "carol";
  EXPECT_EQ(put(asked).result, put_result::accepted);
  asked.ns = "other";
  EXPECT_EQ(put(asked).result, put_result::accepted);
  EXPECT_EQ(pending("bob"), 2U);
}

TEST_F(Traces, N14_a_put_after_a_reconnect_is_still_the_same) {
  auto asked = text_to("bob", "x");
  asked.message_id = "m-1";
  trace_id first;
  {
    auto alice = w().connect("alice");
    const auto sent = alice->put(asked);
    for (int n = 0; n < 3; ++n)
      w().step(); // she may never receive the outcome
    alice->cut();
    w().settle();
  }
  auto again = w().connect("alice");
  first = must(of(again->put(asked))).trace;
  EXPECT_EQ(must(of(again->put(asked))).trace, first);
  EXPECT_EQ(pending("bob"), 1U);
}

TEST_F(Traces, N14_N4_an_evicted_one_is_no_longer_a_duplicate) {
  how.limits.queue_length = 1;
  auto asked = text_to("bob", "x");
  asked.message_id = "m-1";
  put(asked);
  EXPECT_EQ(put(asked).result, put_result::duplicate);
  put(text_to("bob", "y"));
  EXPECT_EQ(put(asked).result, put_result::accepted);
}

} // namespace
} // namespace restante::testing
