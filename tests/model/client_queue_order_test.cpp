// The features that change the order of a queue or the choice of the notification to evict: N4's
// policy, N15, N16.

#include "restante/tests/model/client_queue_fixture.hpp"

namespace restante::model {
namespace {

using namespace std::chrono_literals;
using state = notification_state;

class ClientQueueOrder : public ClientQueueTest {
protected:
  static put_notification keyed(std::string pack, std::string key) {
    auto m = asked(std::move(pack));
    m.collapse_key = std::move(key);
    m.want = receipts::wanted;
    return m;
  }

  static put_notification delayed(std::string pack, duration delay) {
    auto m = asked(std::move(pack));
    m.delay = delay;
    return m;
  }

  static put_notification rejecting(put_notification m) {
    m.at_cap = cap_policy::reject;
    return m;
  }
};

INSTANTIATE_TEST_SUITE_P(KeptIn, ClientQueueOrder,
                         ::testing::Values(kept_in::memory, kept_in::disk),
                         [](const auto& how) { return std::string{to_string(how.param)}; });

TEST_P(ClientQueueOrder, N4_a_put_that_says_reject_is_refused_at_the_cap_and_changes_nothing) {
  bounds.queue_length = 2;
  put("1");
  EXPECT_FALSE(put(rejecting(asked("2"))).evicted);
  EXPECT_EQ(refusal(rejecting(asked("3"))), errc::target_full);
  EXPECT_EQ(drain(), (packs{"1", "2"}));
  EXPECT_EQ(refusal(rejecting(asked("4"))), errc::none);
}

TEST_P(ClientQueueOrder, N4_the_brokers_policy_counts_where_a_put_says_nothing) {
  bounds.queue_length = 1;
  bounds.at_cap = cap_policy::reject;
  const auto first = put("1");
  EXPECT_EQ(refusal(asked("2")), errc::target_full);
  auto evicting = asked("3");
  evicting.at_cap = cap_policy::evict;
  EXPECT_EQ(put(evicting).evicted, first.trace);
}

TEST_P(ClientQueueOrder, N15_one_still_queued_is_collapsed_and_the_new_one_is_last) {
  const auto first = put(keyed("1", "score"));
  put("2");
  effects.steps.clear();
  EXPECT_EQ(put(keyed("3", "score")).collapsed, first.trace);
  EXPECT_EQ(states(), (std::vector{state::collapsed, state::queued}));
  EXPECT_EQ(code_of(try_status(first.trace)), errc::not_found);
  EXPECT_EQ(pending(), 2U);
  EXPECT_EQ(offer(), (packs{"2", "3"}));
}

TEST_P(ClientQueueOrder, N15_the_key_is_its_senders_own) {
  put(keyed("1", "score"));
  auto other = keyed("2", "score");
  other.from = "carol";
  EXPECT_FALSE(put(other).collapsed);
  EXPECT_FALSE(put(keyed("3", "weather")).collapsed);
  EXPECT_EQ(offer(), (packs{"1", "2", "3"}));
}

TEST_P(ClientQueueOrder, N15_at_the_cap_the_collapsed_one_makes_the_room) {
  bounds.queue_length = 2;
  put("1");
  const auto second = put(keyed("2", "score"));
  const auto third = put(rejecting(keyed("3", "score")));
  EXPECT_EQ(third.collapsed, second.trace);
  EXPECT_FALSE(third.evicted);
  EXPECT_EQ(drain(), (packs{"1", "3"}));
}

TEST_P(ClientQueueOrder, N15_one_in_flight_that_returns_to_find_a_newer_ends_collapsed) {
  const auto first = put(keyed("1", "score"));
  EXPECT_EQ(offer(), packs{"1"});
  EXPECT_FALSE(put(keyed("2", "score")).collapsed);
  EXPECT_EQ(pending(), 2U);
  effects.steps.clear();
  queue().return_offered(now, effects);
  EXPECT_EQ(states(), std::vector{state::collapsed});
  EXPECT_EQ(code_of(try_status(first.trace)), errc::not_found);
  EXPECT_EQ(offer(), packs{"2"});
}

TEST_P(ClientQueueOrder, N15_of_two_in_flight_only_the_newer_comes_again) {
  put(keyed("1", "score"));
  offer();
  put(keyed("2", "score"));
  offer();
  queue().return_offered(now, effects);
  EXPECT_EQ(offer(), packs{"2"});
}

TEST_P(ClientQueueOrder, N15_of_three_in_flight_the_newest_that_was_not_delivered_comes_again) {
  put(keyed("1", "score"));
  offer();
  put(keyed("2", "score"));
  offer();
  const auto third = put(keyed("3", "score"));
  offer();
  ack(third.trace);
  queue().return_offered(now, effects);
  EXPECT_EQ(offer(), packs{"2"});
}

TEST_P(ClientQueueOrder, N15_what_was_delivered_is_not_collapsed) {
  const auto first = put(keyed("1", "score"));
  offer();
  ack(first.trace);
  EXPECT_FALSE(put(keyed("2", "score")).collapsed);
  EXPECT_EQ(status(first.trace).state, state::delivered);
}

TEST_P(ClientQueueOrder, N15_one_that_came_back_alone_is_collapsed_by_the_next) {
  const auto first = put(keyed("1", "score"));
  offer();
  const auto second = put(keyed("2", "score"));
  offer();
  ack(second.trace);
  queue().return_offered(now, effects);
  EXPECT_EQ(put(keyed("3", "score")).collapsed, first.trace);
}

TEST_P(ClientQueueOrder, N14_N15_a_duplicate_collapses_nothing) {
  auto m = keyed("1", "score");
  m.message_id = "m";
  put(m);
  const auto second = put(keyed("2", "score")); // collapses the first, and its message_id with it
  EXPECT_EQ(put(m).collapsed, second.trace);
  EXPECT_EQ(put(m).result, put_result::duplicate);
  EXPECT_EQ(pending(), 1U);
}

TEST_P(ClientQueueOrder, N15_N18_what_is_collapsed_gives_its_memory_back) {
  put(keyed("1", "score"));
  const auto used = memory->used();
  for (int n = 0; n < 10; ++n)
    put(keyed("2", "score"));
  EXPECT_EQ(memory->used(), used);
  drop();
  EXPECT_EQ(memory->used(), 0U);
}

TEST_P(ClientQueueOrder, N16_a_delayed_one_is_not_offered_before_its_time) {
  const auto one = put(delayed("1", 5s));
  EXPECT_EQ(status(one.trace).due_at, now + 5s);
  EXPECT_EQ(status(one.trace).state, state::queued);
  EXPECT_EQ(queue().deadline(), now + 5s);
  EXPECT_EQ(pending(), 1U);
  EXPECT_TRUE(offer().empty());
  now = now + 5s + -1ns;
  EXPECT_TRUE(offer().empty());
  now = now + 1ns;
  EXPECT_EQ(offer(), packs{"1"});
}

TEST_P(ClientQueueOrder, N10_N16_the_order_is_that_of_eligibility) {
  put(delayed("due at 3", 3s));
  put(delayed("due at 1", 1s));
  put("at once");
  put(delayed("due at 1 too", 1s));
  now = now + 2s;
  put("at 2");
  now = now + 1s;
  put("at 3");
  EXPECT_EQ(offer(), (packs{"at once", "due at 1", "due at 1 too", "at 2", "due at 3", "at 3"}));
}

TEST_P(ClientQueueOrder, N5_N16_a_drain_leaves_what_is_not_due) {
  put(delayed("later", 1s));
  put("now");
  EXPECT_EQ(drain(), packs{"now"});
  EXPECT_EQ(pending(), 1U);
  now = now + 1s;
  EXPECT_EQ(drain(), packs{"later"});
}

TEST_P(ClientQueueOrder, N4_N16_a_delayed_one_counts_in_the_cap_and_is_not_evicted) {
  bounds.queue_length = 2;
  put(delayed("1", 1s));
  const auto second = put("2");
  EXPECT_EQ(put("3").evicted, second.trace);
  EXPECT_EQ(drain(), packs{"3"});
  put(delayed("4", 1s));
  EXPECT_EQ(refusal(asked("5")), errc::target_full);
}

TEST_P(ClientQueueOrder, N8_N16_one_that_expires_before_it_is_due_is_never_offered) {
  auto m = delayed("1", 5s);
  m.ttl = 2s;
  put(m);
  now = now + 6s;
  EXPECT_TRUE(offer().empty());
  EXPECT_EQ(memory->take_expired(), 1U);
  EXPECT_TRUE(queue().empty());
}

TEST_P(ClientQueueOrder, N15_N16_a_delayed_one_is_collapsed_too) {
  auto m = delayed("1", 5s);
  m.collapse_key = "score";
  const auto first = put(m);
  EXPECT_EQ(put(keyed("2", "score")).collapsed, first.trace);
  now = now + 6s;
  EXPECT_EQ(offer(), packs{"2"});
}

TEST_P(ClientQueueOrder, N2_N16_an_enormous_delay_saturates) {
  auto m = delayed("1", duration::max());
  m.ttl = duration::max();
  put(m);
  EXPECT_EQ(queue().deadline(), instant::never());
  EXPECT_TRUE(offer().empty());
}

} // namespace
} // namespace restante::model
