// The receipts that a sender gets for its notifications: N12, and evictions of N4.

#include "restante/tests/support/notifications.hpp"

#include <algorithm>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using state = notification_state;
using states = std::vector<notification_state>;

class Receipts : public NotificationWorld {
protected:
  static put_request traced(put_request what) {
    what.want = receipts::wanted;
    return what;
  }
};

TEST_F(Receipts, N12_each_step_is_told_once_in_order_in_any_schedule) {
  for (std::uint64_t at = 1; at <= 30; ++at) {
    world shuffled{{}, at};
    auto alice = shuffled.connect("alice");
    const auto one = alice->put(traced(suit_to("bob", "?", 10s)));
    auto bob = shuffled.connect({.client = "bob", .acks = ack_mode::explicit_by_peer});
    shuffled.settle();
    const auto trace = one.get()->trace;
    bob->ack(trace);
    shuffled.settle();
    bob->reply(trace, {});
    shuffled.settle();
    bob->reply(trace, {});
    shuffled.pass(11s);
    EXPECT_EQ(
        states_of(alice.seen(), trace),
        (states{state::queued, state::offered, state::delivered, state::replied, state::expired}))
        << "seed " << at;
    const auto steps = alice.seen().steps();
    EXPECT_EQ(steps.back().at, one.get()->expires_at);
    EXPECT_EQ(steps.back().to, "bob");
    EXPECT_TRUE(std::ranges::is_sorted(steps, {}, &notification_step::at));
  }
}

TEST_F(Receipts, N12_a_second_offer_is_no_new_step) {
  auto alice = w().connect("alice");
  const auto one = must(of(alice->put(traced(text_to("bob", "x")))));
  for (int n = 0; n < 3; ++n) {
    auto bob = explicitly("bob");
    bob->cut();
    w().settle();
  }
  EXPECT_EQ(states_of(alice.seen(), one.trace), (states{state::queued, state::offered}));
  drain("bob");
  EXPECT_EQ(states_of(alice.seen(), one.trace),
            (states{state::queued, state::offered, state::delivered}));
}

TEST_F(Receipts, N7_N12_a_reply_before_delivery_is_told_when_it_comes) {
  auto alice = w().connect("alice");
  const auto one = must(of(alice->put(traced(suit_to("bob", "?")))));
  of(server().reply(one.trace, {}));
  auto bob = w().connect("bob");
  EXPECT_EQ(states_of(alice.seen(), one.trace),
            (states{state::queued, state::replied, state::offered, state::delivered}));
}

TEST_F(Receipts, N4_N12_an_evicted_sender_is_told) {
  how.limits.queue_length = 1;
  auto alice = w().connect("alice");
  const auto one = must(of(alice->put(traced(text_to("bob", "1")))));
  put(text_to("bob", "2"));
  EXPECT_EQ(states_of(alice.seen(), one.trace), (states{state::queued, state::evicted}));
}

TEST_F(Receipts, N12_nobody_else_is_told_and_nobody_who_does_not_ask) {
  auto alice = w().connect("alice");
  auto eve = w().connect("eve");
  auto bob = w().connect("bob");
  auto other = w().connect(connect_options{.client = "alice", .ns = "other"});
  const auto silent = must(of(alice->put(text_to("bob", "x"))));
  const auto told = must(of(alice->put(traced(text_to("bob", "x")))));
  EXPECT_TRUE(states_of(alice.seen(), silent.trace).empty());
  EXPECT_EQ(states_of(alice.seen(), told.trace).size(), 3U);
  EXPECT_TRUE(eve.seen().steps().empty());
  EXPECT_TRUE(bob.seen().steps().empty());
  EXPECT_TRUE(other.seen().steps().empty());
}

TEST_F(Receipts, N12_only_while_connected_and_an_absent_sender_costs_nothing) {
  trace_id trace;
  {
    auto alice = w().connect("alice");
    trace = must(of(alice->put(traced(text_to("bob", "x", 10s))))).trace;
  }
  w().settle();
  EXPECT_EQ(w().broker().stats().clients, 1U); // bob
  auto bob = w().connect("bob");
  EXPECT_EQ(w().broker().stats().clients, 1U);
  auto alice = w().connect("alice");
  EXPECT_TRUE(alice.seen().steps().empty()); // missed receipts are not sent later
  w().pass(10s + 1ns);
  EXPECT_EQ(states_of(alice.seen(), trace), states{state::expired});
}

TEST_F(Receipts, N12_the_server_identity_hears_of_none) {
  auto alice = w().connect("alice");
  put(traced(text_to("bob", "x")));
  EXPECT_TRUE(alice.seen().steps().empty());
}

TEST_F(Receipts, N12_put_for_many_tells_of_each) {
  auto alice = w().connect("alice");
  auto bob = w().connect("bob");
  const auto many = must(of(alice->put_many({"bob", "carol"}, traced(text_to("", "x")))));
  EXPECT_EQ(states_of(alice.seen(), many.outcomes.at(0).receipt.trace),
            (states{state::queued, state::offered, state::delivered}));
  EXPECT_EQ(states_of(alice.seen(), many.outcomes.at(1).receipt.trace), states{state::queued});
}

} // namespace
} // namespace restante::testing
