// Lookups in a client queue by trace or message id, and the memory that the queue counts.

#include "restante/tests/model/client_queue_fixture.hpp"

namespace restante::model {
namespace {

using namespace std::chrono_literals;
using state = notification_state;

TEST_P(ClientQueueTest, N6_sender_receiver_and_server_may_ask_nobody_else) {
  const auto one = put("1");
  EXPECT_EQ(code_of(try_status(one.trace, "alice")), errc::none);
  EXPECT_EQ(code_of(try_status(one.trace, "bob")), errc::none);
  EXPECT_EQ(code_of(try_status(one.trace)), errc::none);
  EXPECT_EQ(code_of(try_status(one.trace, "eve")), errc::forbidden);
  EXPECT_EQ(code_of(try_status(trace_id{7, 7}, "eve")), errc::not_found);
}

TEST_P(ClientQueueTest, N6_another_namespace_finds_nothing) {
  const auto one = put("1");
  auto q = question(one.trace);
  q.ns = "other";
  EXPECT_EQ(code_of(queue().status(q, now, effects)), errc::not_found);
}

TEST_P(ClientQueueTest, N6_N13_a_client_named_server_did_not_send_what_the_server_identity_did) {
  auto by_server = suit("1");
  by_server.by = identity::server;
  by_server.from = "server";
  const auto theirs = put(by_server);
  EXPECT_EQ(code_of(try_status(theirs.trace, "server")), errc::forbidden);
  EXPECT_EQ(queue().await(question(theirs.trace, "server"), {}, now, effects)->code,
            errc::forbidden);
  EXPECT_EQ(code_of(try_status(theirs.trace)), errc::none);

  auto by_client = suit("2");
  by_client.from = "server";
  EXPECT_EQ(code_of(try_status(put(by_client).trace, "server")), errc::none);
  by_server.from = "alice"; // put in alice's name, so it counts as hers
  EXPECT_EQ(code_of(try_status(put(by_server).trace, "alice")), errc::none);
}

TEST_P(ClientQueueTest,
       N14_a_client_named_server_and_the_server_identity_repeat_nothing_of_each_other) {
  auto by_server = asked("1");
  by_server.by = identity::server;
  by_server.from = "server";
  by_server.message_id = "m";
  auto by_client = asked("2");
  by_client.from = "server";
  by_client.message_id = "m";
  EXPECT_EQ(put(by_server).result, put_result::accepted);
  EXPECT_EQ(put(by_client).result, put_result::accepted);
  EXPECT_EQ(put(by_server).result, put_result::duplicate);
  EXPECT_EQ(put(by_client).result, put_result::duplicate);
  now = now + 25h; // both are forgotten under the name under which they were kept
  EXPECT_EQ(put(by_server).result, put_result::accepted);
  EXPECT_EQ(put(by_client).result, put_result::accepted);
}

TEST_P(ClientQueueTest, N6_a_snapshot_has_everything) {
  const auto one = put(suit("1"));
  offer();
  now = now + 1s;
  ack(one.trace);
  now = now + 1s;
  reply(one.trace, "yes");
  const auto seen = status(one.trace);
  EXPECT_EQ(seen.state, state::replied);
  EXPECT_EQ(seen.created_at, one.created_at);
  EXPECT_EQ(seen.expires_at, one.expires_at);
  EXPECT_EQ(seen.delivered_at, one.created_at + 1s);
  EXPECT_EQ(seen.replied_at, one.created_at + 2s);
  EXPECT_EQ(seen.reply.view(), "yes");
  EXPECT_EQ(seen.attempts, 1U);
}

TEST_P(ClientQueueTest, N7_a_reply_before_delivery_leaves_it_in_its_place) {
  put("1");
  const auto two = put(suit("2"));
  put("3");
  EXPECT_EQ(code_of(reply(two.trace, "yes")), errc::none);
  const auto seen = status(two.trace);
  EXPECT_EQ(seen.state, state::replied);
  EXPECT_FALSE(seen.delivered());
  EXPECT_EQ(offer(), (packs{"1", "2", "3"}));
  EXPECT_EQ(status(two.trace).state, state::replied); // the most advanced step is kept
  ack(two.trace);
  EXPECT_TRUE(status(two.trace).delivered());
  EXPECT_EQ(status(two.trace).state, state::replied);
}

TEST_P(ClientQueueTest, N7_a_later_reply_replaces_the_earlier_even_by_an_empty_one) {
  const auto one = put(suit("1"));
  reply(one.trace, "first");
  now = now + 1s;
  reply(one.trace, "");
  EXPECT_EQ(status(one.trace).reply.view(), "");
  EXPECT_EQ(status(one.trace).replied_at, now);
}

TEST_P(ClientQueueTest, N7_only_the_receiver_or_the_server_replies_and_only_to_a_suit) {
  const auto plain = put("1");
  const auto asks = put(suit("2"));
  EXPECT_EQ(code_of(reply(asks.trace, "x", "alice")), errc::forbidden);
  EXPECT_EQ(code_of(reply(asks.trace, "x", "eve")), errc::forbidden);
  EXPECT_EQ(code_of(reply(asks.trace, "x", "")), errc::none);
  EXPECT_EQ(code_of(reply(plain.trace, "x")), errc::not_a_suit);
  EXPECT_EQ(code_of(reply(plain.trace, "x", "alice")), errc::forbidden); // rights are checked first
  EXPECT_EQ(code_of(reply(trace_id{7, 7}, "x", "alice")), errc::not_found);
}

TEST_P(ClientQueueTest, N13_waiters_hear_the_reply_the_moment_it_is_recorded) {
  const auto one = put(suit("1"));
  for (operation_number op = 1; op <= waiters_max; ++op)
    EXPECT_FALSE(queue().await(question(one.trace, "alice"), {5, op, now + 1s}, now, effects));
  const auto ninth = queue().await(question(one.trace, "alice"), {6, 9, now + 1s}, now, effects);
  ASSERT_TRUE(ninth);
  EXPECT_EQ(ninth->code, errc::too_many_waiters);
  reply(one.trace, "yes");
  ASSERT_EQ(effects.answers.size(), waiters_max);
  EXPECT_EQ(effects.answers.front().reply.view(), "yes");
  EXPECT_EQ(effects.answers.front().replied_at, now);
  const auto later = queue().await(question(one.trace, "alice"), {6, 9, now}, now, effects);
  ASSERT_TRUE(later); // no time to wait, but the reply is already there
  EXPECT_EQ(later->code, errc::none);
  EXPECT_EQ(later->reply.view(), "yes");
}

TEST_P(ClientQueueTest, N13_a_wait_ends_at_its_deadline_not_before) {
  const auto one = put(suit("1"));
  EXPECT_FALSE(queue().await(question(one.trace, "alice"), {5, 1, now + 1s}, now, effects));
  EXPECT_EQ(queue().deadline(), now + 1s);
  queue().expire(now + 1s + -1ns, 10, effects);
  EXPECT_TRUE(effects.answers.empty());
  queue().expire(now + 1s, 10, effects);
  ASSERT_EQ(effects.answers.size(), 1U);
  EXPECT_EQ(effects.answers[0].code, errc::timeout);
}

TEST_P(ClientQueueTest, N13_a_wait_without_time_is_over_at_once) {
  const auto one = put(suit("1"));
  const auto at_once = queue().await(question(one.trace), {5, 1, now}, now, effects);
  ASSERT_TRUE(at_once);
  EXPECT_EQ(at_once->code, errc::timeout);
}

TEST_P(ClientQueueTest, N13_waiters_hear_not_found_however_the_notification_ends) {
  bounds.queue_length = 1;
  bounds.delivered_length = 0;
  const auto evicted = put(suit("1"));
  EXPECT_FALSE(queue().await(question(evicted.trace), {5, 1, now + 1h}, now, effects));
  const auto drained = put(suit("2"));
  EXPECT_FALSE(queue().await(question(drained.trace), {5, 2, now + 1h}, now, effects));
  drain(); // no delivered record may be kept
  const auto expired = put(suit("3", 1s));
  EXPECT_FALSE(queue().await(question(expired.trace), {5, 3, now + 1h}, now, effects));
  now = now + 1s + 1ns;
  pending();
  ASSERT_EQ(effects.answers.size(), 3U);
  for (operation_number op = 1; op <= 3; ++op) {
    EXPECT_EQ(effects.answers[op - 1].who.op, op);
    EXPECT_EQ(effects.answers[op - 1].code, errc::not_found);
  }
}

TEST_P(ClientQueueTest, N13_only_the_sender_or_the_server_waits_and_only_for_a_suit) {
  const auto plain = put("1");
  const auto asks = put(suit("2"));
  const auto code = [&](const trace_id& trace, std::string who) {
    const auto at_once =
        queue().await(question(trace, std::move(who)), {5, 1, now + 1s}, now, effects);
    return at_once ? at_once->code : errc::none;
  };
  EXPECT_EQ(code(asks.trace, "bob"), errc::forbidden);
  EXPECT_EQ(code(asks.trace, "alice"), errc::none);
  EXPECT_EQ(code(plain.trace, "alice"), errc::not_a_suit);
  EXPECT_EQ(code(trace_id{7, 7}, "alice"), errc::not_found);
}

TEST_P(ClientQueueTest, N13_a_peer_that_is_gone_is_forgotten) {
  const auto one = put(suit("1"));
  queue().await(question(one.trace), {5, 1, now + 1h}, now, effects);
  queue().await(question(one.trace), {5, 2, now + 1h}, now, effects);
  queue().await(question(one.trace), {6, 1, now + 1h}, now, effects);
  EXPECT_EQ(queue().forget_waiter(5), 2U);
  EXPECT_EQ(queue().forget_waiter(5), 0U);
  reply(one.trace, "yes");
  ASSERT_EQ(effects.answers.size(), 1U);
  EXPECT_EQ(effects.answers[0].who.peer, 6U);
}

TEST_P(ClientQueueTest, N14_the_second_put_of_a_message_id_answers_the_first) {
  auto m = asked("1", 1s);
  m.message_id = "m";
  const auto first = put(m);
  m.pack = body::bytes("other");
  const auto second = put(m);
  EXPECT_EQ(second.result, put_result::duplicate);
  EXPECT_EQ(second.trace, first.trace);
  EXPECT_EQ(second.created_at, first.created_at);
  EXPECT_EQ(second.expires_at, first.expires_at);
  EXPECT_EQ(pending(), 1U);
  EXPECT_EQ(status(first.trace).pack.view(), "1");
}

TEST_P(ClientQueueTest, N14_a_message_id_is_its_senders_own) {
  auto m = asked("1");
  m.message_id = "m";
  put(m);
  m.from = "carol";
  EXPECT_EQ(put(m).result, put_result::accepted);
  EXPECT_EQ(pending(), 2U);
}

TEST_P(ClientQueueTest, N14_a_message_id_lives_as_long_as_its_record) {
  bounds.delivered_length = 1;
  auto m = asked("1", 1s);
  m.message_id = "m";
  put(m);
  offer();
  EXPECT_EQ(put(m).result, put_result::duplicate);
  drain();
  now = now + 1s;
  EXPECT_EQ(put(m).result, put_result::duplicate); // delivered, not expired yet
  now = now + 1ns;
  EXPECT_EQ(put(m).result, put_result::accepted);
  drain();
  put("2");
  drain(); // forgets it
  EXPECT_EQ(put(m).result, put_result::accepted);
}

TEST_P(ClientQueueTest, N4_N14_a_duplicate_evicts_nothing_even_at_the_cap) {
  bounds.queue_length = 1;
  auto m = asked("1");
  m.message_id = "m";
  put(m);
  EXPECT_EQ(put(m).result, put_result::duplicate);
  EXPECT_FALSE(put(m).evicted);
  offer();
  EXPECT_EQ(put(m).result, put_result::duplicate); // not target_full
}

TEST_P(ClientQueueTest, N18_what_is_kept_is_counted_and_given_back) {
  auto m = suit(std::string(100, 'x'));
  m.message_id = "m12345";
  const auto one = put(m);
  const auto kept = record_cost_bytes + 100 + 5 + 6;
  EXPECT_EQ(memory->used(), kept);
  reply(one.trace, std::string(50, 'y'));
  EXPECT_EQ(memory->used(), kept + 50);
  reply(one.trace, std::string(10, 'y'));
  EXPECT_EQ(memory->used(), kept + 10);
  put("2");
  drop();
  EXPECT_EQ(memory->used(), 0U);
}

TEST_P(ClientQueueTest, N18_every_end_gives_back) {
  bounds.queue_length = 1;
  bounds.delivered_length = 0;
  put(asked("1"));
  put(asked("2", 1s)); // evicts
  now = now + 1s + 1ns;
  put(asked("3")); // the second expired
  drain();         // forgotten at once
  EXPECT_EQ(memory->used(), 0U);
}

TEST_P(ClientQueueTest, N18_delivered_records_go_first_then_puts_are_refused) {
  const auto each = record_cost_bytes + 5 + 100;
  memory = std::make_shared<account>("ns", 3 * each);
  const std::string pack(100, 'x');
  const auto first = put(pack);
  const auto second = put(pack);
  drain();
  put(pack);
  EXPECT_EQ(memory->used(), memory->most());
  put(pack);
  EXPECT_EQ(code_of(try_status(first.trace)), errc::not_found);
  EXPECT_EQ(code_of(try_status(second.trace)), errc::none); // no more than needed
  put(pack);
  EXPECT_EQ(code_of(try_status(second.trace)), errc::not_found);
  EXPECT_EQ(refusal(asked(pack)), errc::overloaded);
  EXPECT_EQ(pending(), 3U); // what was accepted stays
  EXPECT_EQ(memory->used(), 3 * each);
}

TEST_P(ClientQueueTest, N4_N18_a_put_that_is_refused_evicts_nothing) {
  bounds.queue_length = 2;
  const auto each = record_cost_bytes + 5 + 100;
  memory = std::make_shared<account>("ns", 2 * each);
  const auto first = put(std::string(100, 'x'));
  put(std::string(100, 'x'));
  EXPECT_EQ(refusal(asked(std::string(101, 'x'))), errc::overloaded);
  EXPECT_EQ(pending(), 2U);
  EXPECT_EQ(put(std::string(100, 'y')).evicted, first.trace); // the freed space is enough
  EXPECT_EQ(memory->used(), 2 * each);
}

TEST_P(ClientQueueTest, N7_N18_a_reply_makes_room_like_a_put_and_never_by_its_own_record) {
  const auto each = record_cost_bytes + 5 + 100;
  memory = std::make_shared<account>("ns", 3 * each);
  const std::string pack(100, 'x');
  const auto one = put(suit(pack));
  const auto two = put(pack);
  const auto three = put(pack);
  drain();
  EXPECT_EQ(code_of(reply(one.trace, std::string(50, 'y'))), errc::none);
  EXPECT_EQ(code_of(try_status(two.trace)), errc::not_found);
  EXPECT_EQ(code_of(try_status(three.trace)), errc::none);
  EXPECT_EQ(code_of(reply(one.trace, std::string(5000, 'y'))), errc::overloaded);
  EXPECT_EQ(status(one.trace).reply.size(), 50U);
  EXPECT_EQ(memory->used(), each + 50);
}

TEST_P(ClientQueueTest, N18_trimming_forgets_delivered_ones_from_before) {
  const auto first = put("1");
  drain();
  now = now + 1s;
  const auto second = put("2");
  drain();
  const auto third = put("3");
  const auto always = [] { return true; };
  EXPECT_EQ(queue().oldest_delivered(), now + duration{-1s});
  queue().trim(
      now, [] { return false; }, effects); // another queue has freed memory
  EXPECT_EQ(code_of(try_status(first.trace)), errc::none);
  queue().trim(now, always, effects);
  EXPECT_EQ(queue().oldest_delivered(), now);
  EXPECT_EQ(code_of(try_status(first.trace)), errc::not_found);
  EXPECT_EQ(code_of(try_status(second.trace)), errc::none);
  queue().trim(now + 1ns, always, effects);
  EXPECT_EQ(queue().oldest_delivered(), instant::never());
  EXPECT_EQ(code_of(try_status(second.trace)), errc::not_found);
  EXPECT_EQ(code_of(try_status(third.trace)), errc::none); // not delivered
}

} // namespace
} // namespace restante::model
