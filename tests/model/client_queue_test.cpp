// A target's queue and window: what is kept, the order of delivery, and when notifications expire.

#include "restante/tests/model/client_queue_fixture.hpp"

#include <limits>

namespace restante::model {
namespace {

using namespace std::chrono_literals;
using state = notification_state;

INSTANTIATE_TEST_SUITE_P(KeptIn, ClientQueueTest, ::testing::Values(kept_in::memory, kept_in::disk),
                         [](const auto& how) { return std::string{to_string(how.param)}; });

TEST_P(ClientQueueTest, N1_a_put_answers_its_trace_and_times_and_shares_the_pack) {
  const auto m = asked("{\"a\": 1.10, \"a\":2}");
  const auto receipt = put(m);
  EXPECT_EQ(receipt.trace, (trace_id{0xb0b, 1}));
  EXPECT_EQ(receipt.created_at, now);
  EXPECT_EQ(receipt.result, put_result::accepted);
  EXPECT_FALSE(receipt.evicted);
  const auto seen = status(receipt.trace);
  EXPECT_TRUE(seen.pack.shares_buffer_with(m.pack));
  EXPECT_EQ(seen.from, "alice");
  EXPECT_EQ(seen.to, (client_address{"ns", "bob"}));
}

TEST_P(ClientQueueTest, N2_no_ttl_or_a_negative_one_means_the_default) {
  EXPECT_EQ(put("a").expires_at, now + 24h);
  EXPECT_EQ(put("b", -1ns).expires_at, now + 24h);
  EXPECT_EQ(put("c", duration::min()).expires_at, now + 24h);
  EXPECT_EQ(put("d", 1ns).expires_at, now + 1ns);
}

TEST_P(ClientQueueTest, N2_the_default_is_configurable) {
  bounds.ttl_default = 3s;
  EXPECT_EQ(put("a").expires_at, now + 3s);
}

TEST_P(ClientQueueTest, N2_an_enormous_ttl_saturates_and_sets_no_deadline) {
  EXPECT_EQ(put("a", duration::max()).expires_at, instant::never());
  EXPECT_EQ(queue().deadline(), instant::never());
  now = instant::never();
  EXPECT_EQ(pending(), 1U);
}

TEST_P(ClientQueueTest, N4_the_cap_is_kept_and_one_more_evicts_the_oldest) {
  bounds.queue_length = 3;
  const auto first = put("1");
  put("2");
  EXPECT_FALSE(put("3").evicted);
  EXPECT_EQ(pending(), 3U);
  EXPECT_EQ(put("4").evicted, first.trace);
  EXPECT_EQ(pending(), 3U);
  EXPECT_EQ(code_of(try_status(first.trace)), errc::not_found);
  EXPECT_EQ(offer(), (packs{"2", "3"})); // the window stays below the cap
}

TEST_P(ClientQueueTest, N4_the_default_cap_is_1024) {
  const auto first = put("0");
  for (int n = 1; n < 1024; ++n)
    EXPECT_FALSE(put("x").evicted);
  EXPECT_EQ(pending(), 1024U);
  EXPECT_EQ(put("x").evicted, first.trace);
  EXPECT_EQ(pending(), 1024U);
}

TEST_P(ClientQueueTest, N4_a_cap_of_zero_means_one) {
  bounds.queue_length = 0;
  const auto first = put("1");
  EXPECT_EQ(put("2").evicted, first.trace);
  EXPECT_EQ(pending(), 1U);
}

TEST_P(ClientQueueTest, N4_what_is_offered_is_never_evicted) {
  bounds.queue_length = 3;
  put("1");
  put("2");
  EXPECT_EQ(offer(), (packs{"1", "2"}));
  const auto third = put("3");
  EXPECT_EQ(put("4").evicted, third.trace);
  EXPECT_EQ(drain(), (packs{"1", "2", "4"}));
}

TEST_P(ClientQueueTest, N4_where_all_is_offered_a_put_is_refused) {
  bounds.queue_length = 1;
  const auto first = put("1");
  EXPECT_EQ(offer(), packs{"1"});
  EXPECT_EQ(refusal(asked("2")), errc::target_full);
  EXPECT_EQ(pending(), 1U);
  EXPECT_EQ(ack(first.trace), ack_result::in_time);
  EXPECT_EQ(refusal(asked("2")), errc::none);
}

TEST_P(ClientQueueTest, N4_the_window_is_below_the_cap_but_at_least_one) {
  for (const std::uint32_t cap : {1U, 2U, 3U, 64U, 65U}) {
    drop();
    bounds.queue_length = cap;
    for (std::uint32_t n = 0; n < cap; ++n)
      put("x");
    const std::size_t expected = std::min<std::size_t>(std::max<std::uint32_t>(cap - 1, 1), 64);
    EXPECT_EQ(offer(64).size(), expected) << cap;
  }
}

TEST_P(ClientQueueTest, N4_what_came_back_from_a_connection_may_be_evicted_again) {
  bounds.queue_length = 2;
  const auto first = put("1");
  put("2");
  EXPECT_EQ(offer(), packs{"1"});
  queue().return_offered(now, effects);
  EXPECT_EQ(put("3").evicted, first.trace);
}

TEST_P(ClientQueueTest, N5_drain_takes_all_oldest_first_once_and_at_one_instant) {
  const auto first = put("1");
  const auto second = put("2");
  put("3");
  EXPECT_EQ(offer(2), (packs{"1", "2"}));
  now = now + 5s;
  EXPECT_EQ(drain(), (packs{"1", "2", "3"}));
  EXPECT_EQ(pending(), 0U);
  EXPECT_TRUE(drain().empty());
  EXPECT_EQ(status(first.trace).delivered_at, now);
  EXPECT_EQ(status(second.trace).delivered_at, now);
  EXPECT_EQ(status(first.trace).attempts, 1U); // an offer counts, a drain does not
  EXPECT_EQ(ack(first.trace), ack_result::late);
}

TEST_P(ClientQueueTest, N5_drain_never_answers_what_has_expired) {
  put("short", 10ns);
  put("long");
  now = now + 11ns;
  EXPECT_EQ(drain(), packs{"long"});
}

TEST_P(ClientQueueTest, N5_N11_what_came_back_is_drained_in_its_place) {
  put("1");
  put("2");
  offer(1);
  queue().return_offered(now, effects);
  put("3");
  offer(1);
  EXPECT_EQ(drain(), (packs{"1", "2", "3"}));
}

TEST_P(ClientQueueTest, N6_delivered_ones_are_bounded_and_the_oldest_go_first) {
  bounds.delivered_length = 2;
  const auto first = put("1");
  const auto second = put("2");
  const auto third = put("3");
  offer();
  ack(second.trace);
  ack(first.trace);
  EXPECT_EQ(code_of(try_status(second.trace)), errc::none);
  ack(third.trace);
  EXPECT_EQ(code_of(try_status(second.trace)), errc::not_found); // delivered first
  EXPECT_EQ(code_of(try_status(first.trace)), errc::none);
  EXPECT_EQ(code_of(try_status(third.trace)), errc::none);
}

TEST_P(ClientQueueTest, N5_N6_a_drain_keeps_to_the_bound_too) {
  bounds.delivered_length = 2;
  const auto first = put("1");
  put("2");
  const auto third = put("3");
  EXPECT_EQ(drain().size(), 3U);
  EXPECT_EQ(code_of(try_status(first.trace)), errc::not_found);
  EXPECT_EQ(status(third.trace).state, state::delivered);
}

TEST_P(ClientQueueTest, N8_at_expires_at_it_is_there_and_one_tick_later_gone) {
  const auto one = put("1", 1s);
  now = one.expires_at;
  EXPECT_EQ(pending(), 1U);
  EXPECT_EQ(queue().deadline(), one.expires_at + 1ns);
  now = one.expires_at + 1ns;
  EXPECT_EQ(code_of(try_status(one.trace)), errc::not_found);
  EXPECT_EQ(pending(), 0U);
  commit(); // a journal, if there is one, is told
  EXPECT_TRUE(queue().empty());
  EXPECT_EQ(memory->take_expired(), 1U);
  EXPECT_EQ(memory->take_expired(), 0U);
}

TEST_P(ClientQueueTest, N8_a_delivered_one_expires_and_is_counted_a_forgotten_one_is_not) {
  bounds.delivered_length = 1;
  put("1", 1s);
  put("2", 1s);
  drain(); // forgets the first record
  now = now + 1s + 1ns;
  EXPECT_EQ(pending(), 0U);
  EXPECT_EQ(memory->take_expired(), 1U);
}

TEST_P(ClientQueueTest, N8_an_offered_one_expires_and_frees_its_window_place) {
  const auto one = put("1", 1s);
  put("2");
  EXPECT_EQ(offer(1), packs{"1"});
  EXPECT_TRUE(offer(1).empty());
  now = now + 1s + 1ns;
  EXPECT_EQ(offer(1), packs{"2"});
  EXPECT_EQ(ack(one.trace), ack_result::late);
}

TEST_P(ClientQueueTest, N8_expire_does_so_many_in_one_turn) {
  for (int n = 0; n < 5; ++n)
    put("x", 1s);
  now = now + 1s + 1ns;
  EXPECT_FALSE(queue().expire(now, 4, effects));
  EXPECT_TRUE(queue().expire(now, 1, effects));
  commit(); // a journal, if there is one, is told
  EXPECT_TRUE(queue().empty());
}

TEST_P(ClientQueueTest, N8_the_deadline_is_that_of_the_first_to_expire) {
  EXPECT_EQ(queue().deadline(), instant::never());
  put("a", 5s);
  const auto first = put("b", 2s);
  put("c", 9s);
  EXPECT_EQ(queue().deadline(), first.expires_at + 1ns);
  now = first.expires_at + 1ns;
  pending();
  EXPECT_EQ(queue().deadline(), instant{1'000'000'000} + 5s + 1ns);
}

TEST_P(ClientQueueTest, N9_expired_ones_count_neither_as_pending_nor_in_the_cap) {
  bounds.queue_length = 2;
  put("1", 1s);
  const auto second = put("2");
  now = now + 1s + 1ns;
  EXPECT_EQ(pending(), 1U);
  EXPECT_FALSE(put("3").evicted);
  EXPECT_EQ(pending(), 2U);
  EXPECT_EQ(put("4").evicted, second.trace);
}

TEST_P(ClientQueueTest, N9_offered_ones_are_pending_and_delivered_ones_are_not) {
  const auto one = put("1");
  offer();
  EXPECT_EQ(pending(), 1U);
  ack(one.trace);
  EXPECT_EQ(pending(), 0U);
}

TEST_P(ClientQueueTest, N10_offers_come_in_the_order_of_acceptance_within_the_window) {
  std::vector<put_receipt> all;
  for (int n = 0; n < 5; ++n)
    all.push_back(put(std::to_string(n)));
  EXPECT_EQ(offer(2), (packs{"0", "1"}));
  EXPECT_TRUE(offer(2).empty());
  ack(all[1].trace);
  EXPECT_EQ(offer(2), packs{"2"});
  ack(all[0].trace);
  ack(all[2].trace);
  EXPECT_EQ(offer(2), (packs{"3", "4"}));
}

TEST_P(ClientQueueTest, N10_N11_what_is_out_returns_to_the_head_in_order_with_attempts_raised) {
  put("1");
  const auto second = put("2");
  put("3");
  offer(3);
  ack(second.trace);
  put("4");
  queue().return_offered(now, effects);
  const auto again = offers(64);
  ASSERT_EQ(again.size(), 3U);
  EXPECT_EQ(again[0].pack.view(), "1");
  EXPECT_EQ(again[0].attempts, 2U);
  EXPECT_EQ(again[1].pack.view(), "3");
  EXPECT_EQ(again[1].attempts, 2U);
  EXPECT_EQ(again[2].pack.view(), "4");
  EXPECT_EQ(again[2].attempts, 1U);
}

TEST_P(ClientQueueTest, N11_only_what_is_out_can_be_acknowledged) {
  const auto one = put("1");
  EXPECT_EQ(ack(one.trace), ack_result::late); // queued
  offer();
  EXPECT_EQ(ack(one.trace), ack_result::in_time);
  EXPECT_EQ(ack(one.trace), ack_result::late);
  EXPECT_EQ(ack(trace_id{1, 2}), ack_result::late);
  EXPECT_EQ(status(one.trace).state, state::delivered);
}

TEST_P(ClientQueueTest, N11_one_that_came_back_says_offered_but_cannot_be_acknowledged) {
  const auto one = put("1");
  offer();
  queue().return_offered(now, effects);
  EXPECT_EQ(ack(one.trace), ack_result::late);
  EXPECT_EQ(status(one.trace).state, state::offered);
  EXPECT_EQ(status(one.trace).attempts, 1U);
}

TEST_P(ClientQueueTest, N12_a_sender_that_asks_is_told_each_step_once) {
  auto m = suit("1", 1s);
  m.want = receipts::wanted;
  const auto one = put(m);
  offer();
  queue().return_offered(now, effects);
  offer();
  ack(one.trace);
  reply(one.trace, "yes");
  reply(one.trace, "no");
  now = now + 1s + 1ns;
  pending();
  EXPECT_EQ(states(), (std::vector{state::queued, state::offered, state::delivered, state::replied,
                                   state::expired}));
  EXPECT_EQ(effects.steps.front().sender, (client_address{"ns", "alice"}));
  EXPECT_EQ(effects.steps.front().to, "bob");
  EXPECT_EQ(effects.steps.back().at, one.expires_at);
}

TEST_P(ClientQueueTest, N12_a_sender_that_does_not_ask_is_told_nothing) {
  const auto one = put(suit("1"));
  offer();
  ack(one.trace);
  reply(one.trace, "yes");
  EXPECT_TRUE(effects.steps.empty());
}

TEST_P(ClientQueueTest, N4_N12_eviction_is_told) {
  bounds.queue_length = 1;
  auto m = asked("1");
  m.want = receipts::wanted;
  const auto one = put(m);
  put("2");
  EXPECT_EQ(states(), (std::vector{state::queued, state::evicted}));
  EXPECT_EQ(effects.steps.back().trace, one.trace);
}

} // namespace
} // namespace restante::model
