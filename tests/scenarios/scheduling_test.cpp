// Which notification waits, which is evicted and which is delivered first, tested through the whole
// broker: N15, N16, and N4's policy.

#include "restante/tests/support/notifications.hpp"

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using states = std::vector<notification_state>;
using state = notification_state;

class Scheduling : public NotificationWorld {
protected:
  put_request keyed(std::string_view pack, std::string key = "k") {
    auto what = text_to("bob", pack);
    what.collapse_key = std::move(key);
    return what;
  }

  put_request delayed(std::string_view pack, duration delay, duration ttl = duration{0}) {
    auto what = text_to("bob", pack, ttl);
    what.delay = delay;
    return what;
  }

  put_request with(cap_policy policy, put_request what) {
    what.at_cap = policy;
    return what;
  }

  errc put_code(put_request what) { return of(server().put(std::move(what))).code(); }
};

// --- N15: only the latest counts -----------------------------------------------------------------

TEST_F(Scheduling, N15_the_newer_one_takes_the_place_of_a_queued_one_at_the_tail) {
  const auto first = put(keyed("1"));
  EXPECT_FALSE(first.collapsed);
  put(text_to("bob", "2"));
  EXPECT_EQ(put(keyed("3")).collapsed, first.trace);
  EXPECT_EQ(status_code(first.trace), errc::not_found);
  EXPECT_EQ(pending("bob"), 2U);
  EXPECT_EQ(drain("bob"), (packs{"2", "3"}));
  EXPECT_FALSE(put(keyed("4")).collapsed) << "of one that is delivered";
}

TEST_F(Scheduling, N15_another_sender_target_key_or_namespace_is_another_matter) {
  auto ann = w().connect("ann");
  put(keyed("1"));
  EXPECT_FALSE(must(of(ann->put(keyed("2")))).collapsed);
  EXPECT_FALSE(put(keyed("3", "other")).collapsed);
  auto elsewhere = keyed("4");
  elsewhere.ns = "acme";
  EXPECT_FALSE(put(elsewhere).collapsed);
  auto to_cid = keyed("5");
  to_cid.to = "cid";
  EXPECT_FALSE(put(to_cid).collapsed);
  EXPECT_EQ(drain("bob"), (packs{"1", "2", "3"}));
}

TEST_F(Scheduling, N15_a_server_put_in_the_name_of_a_client_takes_the_place_of_that_clients) {
  auto ann = w().connect("ann");
  const auto first = must(of(ann->put(keyed("1"))));
  auto second = keyed("2");
  second.from = "ann";
  EXPECT_EQ(put(second).collapsed, first.trace);
}

TEST_F(Scheduling, N15_N13_who_waited_for_its_reply_hears_that_it_ended) {
  auto suit = suit_to("bob", "?");
  suit.collapse_key = "k";
  const auto first = put(suit);
  const auto reply = server().await(first.trace, 1h);
  put(suit);
  EXPECT_EQ(of(reply).code(), errc::not_found);
}

TEST_F(Scheduling, N15_N12_its_sender_is_told) {
  auto ann = w().connect("ann");
  auto what = keyed("1");
  what.want = receipts::wanted;
  const auto first = must(of(ann->put(what)));
  must(of(ann->put(keyed("2"))));
  EXPECT_EQ(states_of(ann.seen(), first.trace), (states{state::queued, state::collapsed}));
}

TEST_F(Scheduling, N15_one_in_flight_ends_collapsed_when_it_comes_back) {
  auto bob = explicitly("bob");
  const auto first = put(keyed("1"));
  EXPECT_FALSE(put(keyed("2")).collapsed);
  EXPECT_EQ(pending("bob"), 2U);
  bob->cut();
  EXPECT_EQ(status_code(first.trace), errc::not_found);
  EXPECT_EQ(drain("bob"), packs{"2"});
}

TEST_F(Scheduling, N15_one_that_is_acknowledged_in_time_is_delivered_and_not_collapsed) {
  auto bob = explicitly("bob");
  const auto first = put(keyed("1"));
  const auto second = put(keyed("2"));
  EXPECT_EQ(must(of(bob->ack(first.trace))).result, ack_result::in_time);
  bob->cut();
  EXPECT_EQ(status(first.trace).state, state::delivered);
  EXPECT_EQ(status(second.trace).state, state::offered);
}

TEST_F(Scheduling, N15_one_that_comes_back_stays_where_the_newer_one_is_delivered) {
  auto bob = explicitly("bob");
  put(keyed("1"));
  must(of(bob->ack(put(keyed("2")).trace)));
  bob->cut();
  EXPECT_EQ(drain("bob"), packs{"1"});
}

TEST_F(Scheduling, N15_of_two_that_come_back_the_newer_one_stays) {
  auto bob = explicitly("bob", 2);
  put(keyed("1"));
  put(keyed("2"));
  auto third = keyed("3");
  third.ttl = 5s;
  put(third);
  w().pass(6s); // the newest of all is gone
  bob->cut();
  EXPECT_EQ(drain("bob"), packs{"2"});
}

TEST_F(Scheduling, N15_C4_one_that_comes_back_to_a_resumed_connection_ends_too) {
  auto bob = w().connect({.client = "bob",
                          .acks = ack_mode::explicit_by_peer,
                          .max_inflight = 1,
                          .resume_window = 1min});
  const auto token = must(of(bob->connected())).resume;
  const auto first = put(keyed("1"));
  put(keyed("2"));
  bob->cut();
  w().settle();
  EXPECT_EQ(status(first.trace).state, state::offered) << "it is still out";
  auto again = w().connect({.client = "bob", .resume = token});
  const auto connected = must(of(again->connected()));
  EXPECT_EQ(connected.result, attach_result::resumed);
  EXPECT_EQ(connected.pending, 1U) << "counted behind what has come back";
  EXPECT_EQ(status_code(first.trace), errc::not_found);
  EXPECT_EQ(packs_of(again.seen().deliveries()), packs{"2"});
}

TEST_F(Scheduling, N15_N14_a_duplicate_takes_nobodys_place) {
  auto what = keyed("1");
  what.message_id = "m";
  const auto first = put(what);
  const auto again = put(what);
  EXPECT_EQ(again.trace, first.trace);
  EXPECT_EQ(again.result, put_result::duplicate);
  EXPECT_FALSE(again.collapsed);
  EXPECT_EQ(put(keyed("2")).collapsed, first.trace);
  EXPECT_EQ(put(what).result, put_result::accepted) << "a collapsed one is no longer there";
}

TEST_F(Scheduling, N15_S8_a_key_has_at_most_256_bytes) {
  EXPECT_EQ(put_code(keyed("1", std::string(256, 'k'))), errc::none);
  EXPECT_EQ(put_code(keyed("2", std::string(257, 'k'))), errc::invalid_argument);
  EXPECT_EQ(put_code(keyed("3", "\xff")), errc::invalid_argument);
}

// --- N16: not before its time --------------------------------------------------------------------

TEST_F(Scheduling, N16_a_delayed_one_is_offered_at_its_instant_and_not_before) {
  auto bob = w().connect("bob");
  const auto late = put(delayed("1", 5s));
  EXPECT_EQ(late.expires_at, late.created_at + 24h);
  EXPECT_EQ(pending("bob"), 1U);
  const auto view = status(late.trace);
  EXPECT_EQ(view.state, state::queued);
  EXPECT_EQ(view.due_at, late.created_at + 5s);
  w().pass(5s - 1ns);
  EXPECT_TRUE(bob.seen().deliveries().empty());
  w().pass(1ns);
  EXPECT_EQ(packs_of(bob.seen().deliveries()), packs{"1"});
  expect_quiet();
}

TEST_F(Scheduling, N16_N10_the_order_is_that_in_which_they_could_be_delivered) {
  put(delayed("third", 5s));
  put(delayed("second", 3s));
  put(delayed("fourth", 5s));
  put(text_to("bob", "first"));
  w().pass(5s);
  put(text_to("bob", "fifth"));
  auto bob = w().connect("bob");
  EXPECT_EQ(packs_of(bob.seen().deliveries()),
            (packs{"first", "second", "third", "fourth", "fifth"}));
}

TEST_F(Scheduling, N16_N5_a_drain_leaves_what_is_not_due) {
  put(delayed("1", 5s));
  put(text_to("bob", "2"));
  EXPECT_EQ(drain("bob"), packs{"2"});
  EXPECT_EQ(pending("bob"), 1U);
  w().pass(5s);
  EXPECT_EQ(drain("bob"), packs{"1"});
}

TEST_F(Scheduling, N16_N8_its_ttl_counts_from_its_put) {
  auto bob = w().connect("bob");
  const auto never = put(delayed("1", 5s, 5s - 1ns));
  put(delayed("2", 5s, 5s));
  const auto endless = put(delayed("3", duration::max(), 10s));
  EXPECT_EQ(status(endless.trace).due_at, instant::never());
  w().pass(5s);
  EXPECT_EQ(packs_of(bob.seen().deliveries()), packs{"2"});
  EXPECT_EQ(status_code(never.trace), errc::not_found);
  w().pass(6s);
  EXPECT_EQ(pending("bob"), 0U);
  expect_quiet();
}

TEST_F(Scheduling, N16_no_delay_or_less_is_none) {
  auto bob = w().connect("bob");
  EXPECT_FALSE(status(put(delayed("1", 0s)).trace).scheduled());
  put(delayed("2", duration::min()));
  EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"1", "2"}));
}

TEST_F(Scheduling, N15_N16_what_is_not_due_can_be_replaced_before_and_by_what_is_not) {
  const auto first = put(delayed("1", 5s));
  auto second = delayed("2", 5s);
  second.collapse_key = "k";
  EXPECT_FALSE(put(second).collapsed) << "the first has no key";
  const auto third = put(keyed("3"));
  EXPECT_TRUE(third.collapsed);
  EXPECT_EQ(put(second).collapsed, third.trace);
  w().pass(5s);
  EXPECT_EQ(drain("bob"), (packs{"1", "2"}));
  EXPECT_EQ(status(first.trace).state, state::delivered);
}

// --- N4: what goes at the cap --------------------------------------------------------------------

TEST_F(Scheduling, N4_a_put_may_rather_be_refused_and_nothing_changes) {
  how.limits.queue_length = 2;
  put(text_to("bob", "1"));
  put(text_to("bob", "2"));
  EXPECT_EQ(put_code(with(cap_policy::reject, text_to("bob", "3"))), errc::target_full);
  EXPECT_EQ(w().broker().stats().evicted, 0U);
  EXPECT_EQ(drain("bob"), (packs{"1", "2"}));
}

TEST_F(Scheduling, N4_a_broker_may_refuse_unless_a_put_says_otherwise) {
  how.limits.queue_length = 1;
  how.limits.at_cap = cap_policy::reject;
  const auto first = put(text_to("bob", "1"));
  EXPECT_EQ(put_code(text_to("bob", "2")), errc::target_full);
  EXPECT_EQ(put(with(cap_policy::evict, text_to("bob", "3"))).evicted, first.trace);
}

TEST_F(Scheduling, N4_N15_what_takes_a_place_needs_no_room) {
  how.limits.queue_length = 1;
  const auto first = put(keyed("1"));
  const auto second = put(with(cap_policy::reject, keyed("2")));
  EXPECT_EQ(second.collapsed, first.trace);
  EXPECT_FALSE(second.evicted);
  EXPECT_EQ(drain("bob"), packs{"2"});
}

TEST_F(Scheduling, N4_N16_what_is_not_due_counts_and_is_never_evicted) {
  how.limits.queue_length = 2;
  put(delayed("1", 5s));
  const auto second = put(text_to("bob", "2"));
  EXPECT_EQ(put(delayed("3", 5s)).evicted, second.trace);
  EXPECT_EQ(put_code(text_to("bob", "4")), errc::target_full);
  w().pass(5s);
  EXPECT_EQ(drain("bob"), (packs{"1", "3"}));
}

} // namespace
} // namespace restante::testing
