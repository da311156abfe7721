// How a link ends, what its sink may do to it, and that no caller waits without an end.

#include "restante/actors/protocol/callback_scope.hpp"
#include "restante/tests/remote/link_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using remoting::reconnect_advice;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr trace_id first{1, 1};
constexpr trace_id second{1, 2};

remote_options brief() {
  return {.operation_deadline = 2s};
}

completion thrower() {
  return [](answer_value&&) { throw std::runtime_error{"an owner's code that throws"}; };
}

// --- going -------------------------------------------------------------------------------------

TEST(LinkEnd, C6_a_clean_leave_waits_for_answers) {
  link_fixture l;
  l.by().room.operations = 1;
  l.attach();
  const auto one = l.ask(put_of("1"));
  const auto two = l.ask(put_of("2"));
  l.at().depart(departure::left);
  l.settle();
  EXPECT_EQ(l.by().sign_offs, 0);
  EXPECT_EQ(l.ask(put_of("late")).code(), errc::stale_connection);
  l.at().answered(l.take_sent()[0].op, put_receipt{});
  EXPECT_EQ(l.by().sign_offs, 0);
  l.at().answered(l.take_sent()[0].op, put_receipt{});
  EXPECT_EQ(l.by().sign_offs, 1);
  EXPECT_EQ(one.code(), errc::none);
  EXPECT_EQ(two.code(), errc::none);
  EXPECT_TRUE(l.seen().ended.empty());
  l.lose(); // the broker has closed the connection
  EXPECT_EQ(l.seen().ended[0].reason, end_reason::left);
  EXPECT_EQ(l.by().retired, 1);
  EXPECT_EQ(l.by().opened.size(), 1u);
}

TEST(LinkEnd, C6_who_leaves_before_it_is_there_is_answered_first) {
  link_fixture l;
  const auto one = l.ask(put_of("1"));
  l.at().depart(departure::left);
  l.settle();
  EXPECT_TRUE(one.is_open());
  l.attach();
  const auto sent = l.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  l.at().answered(sent[0].op, put_receipt{});
  EXPECT_EQ(one.code(), errc::none);
  EXPECT_EQ(l.by().sign_offs, 1);
}

TEST(LinkEnd, C6_who_leaves_and_asked_for_nothing_is_gone_at_once) {
  link_fixture l;
  l.at().depart(departure::left);
  l.settle();
  EXPECT_EQ(l.by().retired, 1);
  EXPECT_FALSE(l.connected().get(0ns));
  link_fixture away;
  away.attach();
  away.lose();
  away.at().depart(departure::left);
  away.settle();
  EXPECT_EQ(away.by().retired, 1);
}

TEST(LinkEnd, C6_who_leaves_while_its_broker_cannot_be_reached_does_not_wait_for_it) {
  link_fixture l;
  const auto one = l.ask(put_of("1"));
  l.at().depart(departure::left);
  l.settle();
  l.lose();
  EXPECT_EQ(one.code(), errc::stale_connection);
  EXPECT_EQ(l.by().retired, 1);
}

TEST(LinkEnd, C6_a_clean_leave_does_not_wait_beyond_the_deadline) {
  link_fixture l{brief()};
  l.attach();
  const auto one = l.ask(put_of("1"));
  l.at().depart(departure::left);
  l.settle();
  l.pass(2s);
  EXPECT_EQ(one.code(), errc::unknown_outcome);
  EXPECT_EQ(l.by().sign_offs, 1);
}

TEST(LinkEnd, C4_a_cut_waits_for_nothing) {
  link_fixture l;
  l.attach();
  const auto one = l.ask(put_of("1"));
  l.at().depart(departure::lost);
  l.settle();
  EXPECT_EQ(one.code(), errc::stale_connection);
  EXPECT_EQ(l.by().sign_offs, 0);
  EXPECT_EQ(l.by().cuts, 1);
  EXPECT_EQ(l.seen().ended[0].reason, end_reason::lost);
}

TEST(LinkEnd, C7_the_end_of_its_home_ends_all_futures) {
  link_fixture l;
  l.attach();
  const auto out = l.ask(put_of("1"));
  l.lose();
  const auto waiting = l.ask(put_of("2"));
  const pending_answer unseen;
  l.at().submit(put_of("3"), unseen.filler());
  l.at().abandon();
  EXPECT_EQ(out.code(), errc::shutting_down);
  EXPECT_EQ(waiting.code(), errc::shutting_down);
  EXPECT_EQ(unseen.code(), errc::shutting_down);
  EXPECT_EQ(l.ask(put_of("4")).code(), errc::shutting_down);
  EXPECT_EQ(l.seen().ended.size(), 1u);
  l.at().abandon();
  l.at().rang();
  l.lose();
  l.attach();
  EXPECT_EQ(l.seen().ended.size(), 1u);
}

// --- sinks -------------------------------------------------------------------------------------

TEST(LinkEnd, N11_a_delivery_is_acknowledged_when_its_sink_has_it) {
  link_fixture l;
  l.attach();
  l.at().pushed(delivery_of(first));
  EXPECT_THAT(l.by().acks, ElementsAre(first));
  link_fixture explicit_one{{}, options_of_ann(), ack_mode::explicit_by_peer};
  explicit_one.attach();
  explicit_one.at().pushed(delivery_of(first));
  EXPECT_THAT(explicit_one.by().acks, IsEmpty());
  EXPECT_GT(explicit_one.by().done_bytes, 0u);
}

TEST(LinkEnd, N11_one_that_waits_in_its_sink_is_acknowledged_when_that_confirms) {
  link_fixture l;
  l.seen().takes = flow::waiting;
  l.attach();
  l.at().pushed(delivery_of(first));
  l.at().pushed(delivery_of(second));
  EXPECT_THAT(l.by().acks, IsEmpty());
  EXPECT_EQ(l.by().done_bytes, 0u);
  l.at().confirm();
  l.settle();
  EXPECT_THAT(l.by().acks, ElementsAre(first));
  l.at().confirm(5); // more confirmations than pushes
  l.settle();
  EXPECT_THAT(l.by().acks, ElementsAre(first, second));
  EXPECT_EQ(l.by().done_bytes, 2 * size_of(push{delivery_of(first)}));
}

TEST(LinkEnd, C6_N11_what_is_confirmed_just_before_it_leaves_is_acknowledged) {
  link_fixture l;
  l.seen().takes = flow::waiting;
  l.attach();
  for (const auto& trace : {first, second})
    l.at().pushed(delivery_of(trace));
  l.by().at_next_ack = [&] {
    l.at().confirm();
    l.at().depart(departure::left);
  };
  l.at().confirm();
  l.at().woken();
  EXPECT_EQ(l.by().sign_offs, 0) << "an acknowledgement behind the last word is not read";
  l.settle();
  EXPECT_THAT(l.by().acks, ElementsAre(first, second));
  EXPECT_EQ(l.by().sign_offs, 1);
}

TEST(LinkEnd, N11_what_is_confirmed_after_an_interruption_is_not_acknowledged) {
  link_fixture l;
  l.seen().takes = flow::waiting;
  l.attach();
  l.at().pushed(delivery_of(first));
  l.at().pushed(delivery_of(second));
  l.at().confirm();
  l.settle();
  l.lose();
  l.come_again(attach_result::resumed);
  l.at().pushed(delivery_of(second)); // the push is sent again
  const auto before = l.by().done_bytes;
  l.at().confirm(); // a confirmation of the push before the interruption
  l.settle();
  EXPECT_THAT(l.by().acks, ElementsAre(first));
  EXPECT_EQ(l.by().done_bytes, before);
  l.at().confirm();
  l.settle();
  EXPECT_THAT(l.by().acks, ElementsAre(first, second));
}

TEST(LinkEnd, S8_a_snapshot_made_anew_does_not_count_as_a_push_of_the_broker) {
  link_fixture l;
  l.attach();
  l.ask(subscribe_topic{0, {"acme", "room"}});
  l.at().answered(l.take_sent()[0].op, entries_view{});
  l.lose();
  l.come_again();
  l.seen().takes = flow::waiting;
  l.at().pushed(delivery_of(first));
  l.at().answered(l.take_sent()[0].op, entries_view{});
  ASSERT_EQ(l.seen().pushes.size(), 2u);
  l.at().confirm(2);
  l.settle();
  EXPECT_EQ(l.by().done_bytes, size_of(push{delivery_of(first)}));
}

TEST(LinkEnd, C7_a_sink_that_throws_ends_its_link_politely) {
  using enum sink_notes::throwing;
  for (const auto where : {attached, interrupted, take}) {
    link_fixture l;
    l.seen().throws = where;
    const auto one = l.ask(put_of("1"));
    l.attach();
    if (where == interrupted)
      l.lose();
    else
      l.at().pushed(delivery_of(first));
    ASSERT_EQ(l.seen().ended.size(), 1u);
    EXPECT_EQ(l.seen().ended[0].reason, end_reason::sink_failed);
    EXPECT_EQ(l.by().sign_offs, 1);
    EXPECT_EQ(l.by().retired, 1);
    EXPECT_THAT(l.by().acks, IsEmpty());
    EXPECT_EQ(one.code(), errc::stale_connection);
    if (where == attached) {
      EXPECT_FALSE(l.connected().get(0ns));
    }
  }
}

TEST(LinkEnd, C7_a_sink_that_throws_at_the_end_does_no_harm) {
  link_fixture l;
  l.seen().throws = sink_notes::throwing::ended;
  const auto one = l.ask(put_of("1"));
  l.at().abandon();
  EXPECT_EQ(one.code(), errc::shutting_down);
}

TEST(LinkEnd, C7_a_completion_that_throws_ends_its_link_and_all_its_futures) {
  for (const bool by_deadline : {false, true}) {
    link_fixture l{brief()};
    l.attach();
    const auto repeatable = l.ask(put_of("1"));
    l.at().submit(drain_queue{}, thrower());
    const auto other = l.ask(drain_queue{});
    const auto later = l.ask(put_of("2"));
    if (by_deadline)
      l.pass(2s);
    else
      l.lose();
    EXPECT_EQ(l.seen().ended.size(), 1u);
    for (const auto& one : {repeatable, other, later})
      EXPECT_FALSE(one.is_open()) << (by_deadline ? "late" : "lost");
  }
}

TEST(LinkEnd, C7_of_those_too_late_in_a_queue_one_that_throws_forgets_no_other) {
  link_fixture l{brief()};
  l.at().submit(put_of("1"), thrower());
  const auto other = l.ask(put_of("2"));
  l.pass(2s);
  EXPECT_FALSE(other.is_open());
  EXPECT_EQ(l.seen().ended.size(), 1u);
}

TEST(LinkEnd, C7_a_completion_may_ask_again_and_may_not_wait) {
  link_fixture l;
  l.attach();
  pending_answer next;
  bool is_inside = false;
  l.at().submit(put_of("1"), [&](answer_value&&) {
    is_inside = callback_scope::is_inside();
    l.at().submit(put_of("2"), next.filler());
  });
  l.settle();
  l.at().answered(l.take_sent()[0].op, put_receipt{});
  l.settle();
  EXPECT_TRUE(is_inside);
  EXPECT_THAT(words_of(l.take_sent()), ElementsAre("put 2"));
}

TEST(LinkEnd, C7_what_waits_for_the_connect_may_throw_and_may_not_wait) {
  link_fixture l;
  errc said = errc::none;
  const answer<put_receipt> never;
  l.connected().then([&](const outcome<connect_receipt>&) {
    said = never.get().code();
    throw std::runtime_error{"an owner's code that throws"};
  });
  EXPECT_NO_THROW(l.attach());
  EXPECT_EQ(said, errc::would_block);
  EXPECT_EQ(l.seen().ended.size(), 1u);

  link_fixture refused;
  refused.connected().then([&](const outcome<connect_receipt>&) {
    throw std::runtime_error{"an owner's code that throws"};
  });
  const auto one = refused.ask(put_of("1"));
  EXPECT_NO_THROW(refused.lose(reconnect_advice::give_up));
  EXPECT_FALSE(one.is_open());
  EXPECT_EQ(refused.by().retired, 1);
}

} // namespace
} // namespace restante::testing
