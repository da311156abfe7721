// A visitor asks as a client without being its connection, as an HTTP request does (spec W7, W8).

#include "restante/tests/support/rights.hpp"
#include "restante/tests/support/topic_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Visitors, W7_a_put_is_from_its_client_and_receipts_go_to_the_clients_connection) {
  world w;
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  auto visit = w.broker().open_visitor({"", "alice"});
  const auto put =
      w.outcome_of(visit.put({.to = "bob", .pack = body::bytes("x"), .want = receipts::wanted}));
  ASSERT_TRUE(put);
  ASSERT_THAT(bob.seen().deliveries(), SizeIs(1));
  EXPECT_EQ(bob.seen().deliveries()[0].from, "alice");
  EXPECT_THAT(alice.seen().steps(), SizeIs(3)); // queued, offered, delivered
  EXPECT_EQ(w.outcome_of(visit.put({.to = "bob", .from = "carol"})).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->status(put->trace))->notification.from, "alice");
}

TEST(Visitors, N6_N7_it_may_ask_for_what_its_client_sent_or_received) {
  world w;
  auto visit = w.broker().open_visitor({"", "alice"});
  auto other = w.broker().open_visitor({"", "carol"});
  auto abroad = w.broker().open_visitor({"elsewhere", "alice"});
  const auto suit = [&](std::string to, std::string from) {
    return w
        .outcome_of(w.server().put(
            {.to = std::move(to), .kind = notification_kind::suit, .from = std::move(from)}))
        ->trace;
  };
  const auto received = suit("alice", "bob");
  const auto sent = suit("bob", "alice");
  EXPECT_TRUE(w.outcome_of(visit.status(received)));
  EXPECT_TRUE(w.outcome_of(visit.status(sent)));
  EXPECT_EQ(w.outcome_of(other.status(received)).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(abroad.status(received)).code(), errc::not_found);
  EXPECT_EQ(w.outcome_of(visit.status(received, "elsewhere"))->notification.to.ns, "");
  EXPECT_TRUE(w.outcome_of(visit.reply(received, body::bytes("yes"))));
  EXPECT_EQ(w.outcome_of(visit.reply(sent, body::bytes("yes"))).code(), errc::forbidden);
  const auto waits = visit.await(sent, 10s);
  EXPECT_EQ(w.outcome_of(visit.await(received, 10s)).code(), errc::forbidden);
  ASSERT_TRUE(w.outcome_of(w.server().reply(sent, body::bytes("at eight"))));
  EXPECT_EQ(w.outcome_of(waits)->value.view(), "at eight");
}

TEST(Visitors, W7_what_needs_a_connection_is_stale_connection) {
  world w;
  auto alice = w.connect("alice"); // a right for another name does not help
  auto visit = w.broker().open_visitor({"", "alice"});
  const auto code = [&](command what) {
    answer<operation_done> refused;
    visit.submit(std::move(what), [refused](answer_value&& value) {
      refused.fulfil(std::get<failure>(std::move(value)));
    });
    return w.outcome_of(refused).code();
  };
  const topic_address room{"", "room"};
  EXPECT_EQ(code(ack_notifications{0, {}, 0, {trace_id{1, 2}}}), errc::stale_connection);
  EXPECT_EQ(code(set_entry{0, room, "k", {}, {}, 0s, 0}), errc::stale_connection);
  EXPECT_EQ(code(set_entry{0, {}, {}, {}, {}, 0s, 0}), errc::stale_connection); // comes first
  EXPECT_EQ(code(clear_entry{0, room, "k"}), errc::stale_connection);
  EXPECT_EQ(code(publish_message{0, room, {}, {}}), errc::stale_connection);
  EXPECT_EQ(code(drain_queue{0, {"", "alice"}}), errc::forbidden);
  EXPECT_EQ(code(get_pending{0, {"", "bob"}}), errc::forbidden);
  EXPECT_EQ(code(purge_expired{}), errc::forbidden);
}

TEST(Visitors, W7_rights_bind_it_like_a_connection) {
  world w;
  auto visit = w.broker().open_visitor({"", "alice"}, rights_of({.put = {"bob"}, .read = {"r*"}}));
  EXPECT_TRUE(w.outcome_of(visit.put({.to = "bob"})));
  EXPECT_EQ(w.outcome_of(visit.put({.to = "carol"})).code(), errc::forbidden);
  const auto many = w.outcome_of(visit.put_many({"bob", "carol"}, {.to = {}}));
  EXPECT_EQ(many->outcomes[0].code, errc::none);
  EXPECT_EQ(many->outcomes[1].code, errc::forbidden);
  EXPECT_TRUE(w.outcome_of(visit.list("room")));
  EXPECT_EQ(w.outcome_of(visit.list("hall")).code(), errc::forbidden);
}

TEST(Visitors, E8_E9_it_lists_topics_of_its_namespace) {
  world w;
  auto bob = w.connect(connect_options{.client = "bob", .ns = "red"});
  ASSERT_TRUE(w.outcome_of(bob->set("room", "k", body::bytes("x"))));
  auto red = w.broker().open_visitor({"red", "alice"});
  auto blue = w.broker().open_visitor({"blue", "alice"});
  EXPECT_THAT(words_of(*w.outcome_of(red.list("room"))), ElementsAre("k bob x"));
  EXPECT_THAT(w.outcome_of(blue.list("room"))->entries, IsEmpty());
  EXPECT_THAT(w.outcome_of(blue.list("room", "red"))->entries, IsEmpty());
}

TEST(Visitors, C1_C2_it_takes_nothing_over_and_nobody_sees_it_come_or_go) {
  world w;
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->watch("alice")));
  bob.seen().clear();
  ASSERT_TRUE(w.outcome_of(bob->put({.to = "alice"})));
  {
    auto visit = w.broker().open_visitor({"", "alice"});
    const auto waiting = w.outcome_of(visit.pending());
    EXPECT_EQ(waiting->pending, 1u);
    EXPECT_EQ(waiting->state, presence::absent);
    EXPECT_EQ(w.broker().stats().connections, 1u);
  }
  w.settle();
  auto alice = w.connect("alice");
  EXPECT_THAT(alice.seen().deliveries(), SizeIs(1)); // the visitor took nothing
  {
    auto visit = w.broker().open_visitor({"", "alice"});
    EXPECT_EQ(w.outcome_of(visit.pending())->state, presence::connected);
    EXPECT_EQ(w.broker().stats().connections, 2u);
  }
  w.settle();
  EXPECT_FALSE(alice.seen().end);
  EXPECT_THAT(bob.seen().presences(), SizeIs(1)); // alice's own connect
  EXPECT_TRUE(w.outcome_of(alice->set("room", "k")));
}

TEST(Visitors, N19_C6_dropping_it_answers_what_it_asked_and_leaves_nothing) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    world w{{}, seed};
    const auto actors = w.broker().stats().actors;
    const auto memory = w.broker().stats().memory_bytes;
    std::vector<answer<put_receipt>> puts;
    answer<pending_view> counted;
    {
      auto visit = w.broker().open_visitor({"red", "alice"});
      for (int i = 0; i < 400; ++i) // more than its credit
        puts.push_back(visit.put({.to = "bob"}));
      counted = visit.pending();
    }
    w.settle();
    for (const auto& put : puts)
      ASSERT_TRUE(put.is_ready() && put.get()) << seed;
    EXPECT_EQ(counted.get()->pending, 0u);
    ASSERT_EQ(w.outcome_of(w.server().drain("bob", "red"))->notifications.size(), 400u);
    w.pass(25h);
    EXPECT_EQ(w.broker().stats().actors, actors);
    EXPECT_EQ(w.broker().stats().memory_bytes, memory);
  }
}

TEST(Visitors, C6_a_stopping_broker_finishes_its_work_and_takes_no_new_one) {
  world w;
  auto visit = w.broker().open_visitor({"", "alice"});
  const auto put = visit.put({.to = "bob"});
  w.stop();
  EXPECT_TRUE(put.get());
  EXPECT_EQ(w.broker().stats().actors, 0u);
  EXPECT_EQ(visit.put({.to = "bob"}).get().code(), errc::shutting_down);
  auto late = w.broker().open_visitor({"", "alice"});
  EXPECT_EQ(late.put({.to = "bob"}).get().code(), errc::shutting_down);
}

TEST(Visitors, S10_102_an_invalid_address_is_refused_invalid_argument_at_each_operation) {
  world w;
  for (const client_address& who :
       {client_address{"", ""}, {"", std::string(257, 'x')}, {"\xff", "alice"}}) {
    auto visit = w.broker().open_visitor(who);
    EXPECT_EQ(w.outcome_of(visit.put({.to = "bob"})).code(), errc::invalid_argument);
    EXPECT_EQ(w.outcome_of(visit.pending()).code(), errc::invalid_argument);
  }
}

TEST(Visitors, C7_a_completion_that_throws_ends_it_and_nothing_else) {
  world w;
  auto visit = w.broker().open_visitor({"", "alice"});
  visit.put({.to = "bob"}, [](const outcome<put_receipt>&) { throw std::runtime_error{"mine"}; });
  w.settle();
  EXPECT_EQ(w.outcome_of(visit.put({.to = "bob"})).code(), errc::stale_connection);
  EXPECT_TRUE(w.outcome_of(w.server().put({.to = "bob"})));
}

} // namespace
} // namespace restante::testing
