// A link that loses its broker: which operations it sends again, in which order, and how often it
// tries to reconnect.

#include "restante/tests/remote/link_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using remoting::reconnect_advice;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

topic_address room() {
  return {"acme", "room"};
}

/// Hands an operation in, and answers it.
void answered(link_fixture& l, command what, answer_value value) {
  const auto asked = l.ask(std::move(what));
  const auto sent = l.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  l.at().answered(sent[0].op, std::move(value));
  EXPECT_FALSE(asked.is_open());
}

TEST(LinkLoss, N14_E16_what_is_asked_again_and_what_ends_unknown) {
  link_fixture l;
  l.attach();
  std::vector<pending_answer> again;
  std::vector<pending_answer> not_again;
  again.push_back(l.ask(put_of("1")));
  not_again.push_back(l.ask(drain_queue{}));
  again.push_back(l.ask(put_many{{"bob"}, put_of("2")}));
  not_again.push_back(l.ask(purge_expired{}));
  again.push_back(l.ask(record_reply{}));
  not_again.push_back(l.ask(publish_message{0, room(), "ann", {}}));
  again.push_back(l.ask(set_entry{0, room(), "k", "ann", {}}));
  again.push_back(l.ask(subscribe_topic{0, room()}));
  ASSERT_EQ(l.take_sent().size(), 8u);
  l.lose();
  for (const auto& one : not_again)
    EXPECT_EQ(one.code(), errc::unknown_outcome);
  for (const auto& one : again)
    EXPECT_TRUE(one.is_open());
  l.come_again();
  EXPECT_THAT(words_of(l.take_sent()),
              ElementsAre("put 1", "put_many 2", "reply", "set k", "subscribe room"));
}

TEST(LinkLoss, N10_order_is_kept_over_a_loss) {
  link_fixture l;
  l.attach();
  // Operation numbers are reused, in another order than that of the operations.
  std::vector<fake_transport::said> sent;
  for (int i = 0; i < 8; ++i)
    l.ask(put_of("before"));
  for (const auto& one : l.take_sent())
    l.at().answered(one.op, put_receipt{});
  std::vector<std::string> wanted;
  for (int i = 0; i < 8; ++i) {
    l.at().submit(put_of(std::to_string(i)), [](answer_value&&) {});
    wanted.push_back("put " + std::to_string(i));
  }
  l.settle();
  ASSERT_EQ(words_of(l.take_sent()), wanted);
  l.lose();
  l.ask(put_of("8"));
  wanted.push_back("put 8");
  l.come_again();
  EXPECT_EQ(words_of(l.take_sent()), wanted);
  l.lose();
  l.ask(put_of("9"));
  wanted.push_back("put 9");
  l.come_again();
  EXPECT_EQ(words_of(l.take_sent()), wanted);
}

TEST(LinkLoss, N10_what_went_out_is_repeated_before_what_waits) {
  link_fixture l;
  l.by().room.operations = 2;
  l.attach();
  for (int i = 1; i <= 4; ++i)
    l.ask(put_of(std::to_string(i)));
  EXPECT_THAT(words_of(l.take_sent()), ElementsAre("put 1", "put 2"));
  l.lose();
  l.come_again();
  auto sent = l.take_sent();
  EXPECT_THAT(words_of(sent), ElementsAre("put 1", "put 2"));
  l.at().answered(sent[0].op, put_receipt{});
  l.at().answered(sent[1].op, put_receipt{});
  EXPECT_THAT(words_of(l.take_sent()), ElementsAre("put 3", "put 4"));
}

TEST(LinkLoss, N13_an_await_is_asked_again_for_the_time_that_is_left) {
  link_fixture l{{.first_pause = 4s, .operation_deadline = 30s}};
  l.attach();
  const auto reply = l.ask(await_reply{{}, 10s});
  EXPECT_EQ(std::get<await_reply>(l.take_sent()[0].what).timeout, 10s);
  l.pass(1s);
  l.lose();
  const auto away = l.pass_until_opened();
  l.attach();
  const auto sent = l.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(std::get<await_reply>(sent[0].what).timeout, 9s - away);
  l.at().answered(sent[0].op, failure{errc::timeout, {}});
  EXPECT_EQ(reply.code(), errc::timeout);
}

TEST(LinkLoss, N13_an_await_whose_time_is_over_asks_once_more) {
  link_fixture l{{.first_pause = 8s, .operation_deadline = 30s}};
  l.attach();
  l.ask(await_reply{{}, 2s});
  l.take_sent();
  l.lose();
  l.come_again();
  const auto sent = l.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(std::get<await_reply>(sent[0].what).timeout, 0s);
}

TEST(LinkLoss, N13_an_await_that_waited_for_its_broker_has_waited) {
  link_fixture l;
  l.ask(await_reply{{}, 10s});
  l.pass(3s);
  l.attach();
  EXPECT_EQ(std::get<await_reply>(l.take_sent()[0].what).timeout, 7s);
}

// --- how hard it looks -------------------------------------------------------------------------

TEST(LinkLoss, W6_pauses_double_and_begin_anew_once_it_was_there) {
  link_fixture l{{.first_pause = 100ms, .longest_pause = 1000ms}};
  std::chrono::milliseconds whole{100};
  for (int i = 0; i < 8; ++i) {
    l.lose();
    const auto pause = l.pass_until_opened();
    EXPECT_LE(pause, whole);
    EXPECT_GE(pause, whole / 2);
    whole = std::min(2 * whole, 1000ms);
  }
  EXPECT_TRUE(l.seen().interrupted.empty()) << "it never was there";
  l.attach();
  l.lose();
  EXPECT_EQ(l.seen().interrupted.size(), 1u);
  EXPECT_LE(l.pass_until_opened(), 100ms);
  l.lose();
  EXPECT_EQ(l.seen().interrupted.size(), 1u) << "once per interruption";
}

TEST(LinkLoss, C4_it_comes_with_the_token_of_the_connection_it_lost) {
  link_fixture l;
  l.attach();
  l.lose();
  l.come_again();
  EXPECT_EQ(l.by().opened[1].resume, (trace_id{1, 1}));
  l.lose();
  l.pass_until_opened();
  l.lose();
  l.come_again(attach_result::resumed);
  EXPECT_EQ(l.by().opened[3].resume, (trace_id{1, 2}));
  EXPECT_EQ(l.seen().attached.size(), 3u);
  EXPECT_EQ(l.seen().interrupted.size(), 2u);
}

TEST(LinkLoss, W6_out_of_reach_for_so_long_it_is_given_up) {
  link_fixture l{{.first_pause = 300ms, .longest_pause = 300ms, .give_up_after = 1s}};
  const auto one = l.ask(put_of("1"));
  const auto began = l.by().time;
  while (l.seen().ended.empty()) {
    l.lose();
    if (l.seen().ended.empty())
      l.pass_until_opened();
  }
  EXPECT_EQ(l.by().time - began, 1s) << "and not later";
  EXPECT_EQ(l.seen().ended[0], (goodbye{end_reason::lost, errc::unreachable}));
  EXPECT_EQ(l.connected().get(0ns).error(), (failure{errc::unreachable, "nobody there"}));
  EXPECT_FALSE(one.is_open());
  EXPECT_EQ(l.by().retired, 1);
  EXPECT_TRUE(l.at().is_over());
}

TEST(LinkLoss, W6_time_out_of_reach_counts_from_the_loss) {
  link_fixture l{{.first_pause = 2s, .longest_pause = 2s, .give_up_after = 1s}};
  l.attach();
  l.pass(1h);
  l.lose();
  EXPECT_TRUE(l.seen().ended.empty());
  l.come_again();
  l.pass(1h);
  l.lose();
  EXPECT_TRUE(l.seen().ended.empty());
  l.pass_until_opened();
  l.lose();
  EXPECT_EQ(l.seen().ended.size(), 1u);
}

TEST(LinkLoss, W6_with_no_patience_it_is_given_up_at_once) {
  link_fixture l{{.give_up_after = 0ms}};
  l.lose();
  EXPECT_EQ(l.connected().get(0ns).code(), errc::unreachable);
  EXPECT_EQ(l.seen().ended.size(), 1u);
}

TEST(LinkLoss, W6_who_does_not_reconnect_ends_with_the_loss) {
  link_fixture l{{.reconnect = false}};
  l.attach();
  l.lose();
  EXPECT_EQ(l.seen().ended.size(), 1u);
  EXPECT_TRUE(l.seen().interrupted.empty());
}

TEST(LinkLoss, W6_who_is_told_to_stay_away_never_comes_again) {
  for (const auto why : {goodbye{end_reason::taken_over, errc::none},
                         goodbye{end_reason::refused, errc::forbidden}}) {
    link_fixture l;
    l.attach();
    l.ask(put_of("1"));
    const auto one = l.ask(put_of("2"));
    l.lose(reconnect_advice::give_up, why);
    EXPECT_EQ(l.seen().ended[0].reason, why.reason);
    EXPECT_FALSE(one.is_open());
    l.pass(24h);
    EXPECT_EQ(l.by().opened.size(), 1u);
    EXPECT_EQ(l.ask(put_of("3")).code(), errc::stale_connection);
  }
}

// --- what is made anew -------------------------------------------------------------------------

TEST(LinkLoss, E11_E14_a_fresh_connection_subscribes_and_watches_anew) {
  link_fixture l;
  l.attach();
  answered(l, subscribe_topic{0, room()}, entries_view{});
  answered(l, subscribe_topic{0, {"acme", "left"}}, entries_view{});
  answered(l, unsubscribe_topic{0, {"acme", "left"}}, operation_done{});
  answered(l, subscribe_topic{0, {"acme", "refused"}}, failure{errc::forbidden, {}});
  answered(l, watch_client{0, {"acme", "bob"}}, operation_done{});
  answered(l, watch_client{0, {"acme", "cid"}}, operation_done{});
  answered(l, unwatch_client{0, {"acme", "cid"}}, operation_done{});
  l.lose();
  l.ask(put_of("1"));
  l.come_again();
  const auto sent = l.take_sent();
  EXPECT_THAT(words_of(sent), UnorderedElementsAre("subscribe room", "watch bob", "put 1"));
  EXPECT_EQ(words_of(sent).back(), "put 1") << "what is made anew comes first";
  EXPECT_TRUE(l.seen().pushes.empty());
  entries_view now;
  now.seq = 9;
  for (const auto& one : sent) {
    if (std::holds_alternative<subscribe_topic>(one.what))
      l.at().answered(one.op, entries_view{now});
  }
  ASSERT_EQ(l.seen().pushes.size(), 1u);
  const auto& view = std::get<entries_view>(l.seen().pushes[0]);
  EXPECT_EQ(view.reason, view_reason::resync);
  EXPECT_EQ(view.topic, "room");
  EXPECT_EQ(view.seq, 9u);
}

TEST(LinkLoss, C4_a_resumed_connection_makes_nothing_anew) {
  link_fixture l;
  l.attach();
  answered(l, subscribe_topic{0, room()}, entries_view{});
  answered(l, watch_client{0, {"acme", "bob"}}, operation_done{});
  l.lose();
  l.come_again(attach_result::resumed);
  EXPECT_THAT(l.take_sent(), IsEmpty());
}

TEST(LinkLoss, S8_a_broker_that_comes_and_goes_does_not_make_the_same_pile_up) {
  link_fixture l;
  l.attach();
  answered(l, subscribe_topic{0, room()}, entries_view{});
  answered(l, watch_client{0, {"acme", "bob"}}, operation_done{});
  for (int i = 0; i < 5; ++i) {
    l.lose();
    l.come_again();
    EXPECT_THAT(words_of(l.take_sent()), UnorderedElementsAre("subscribe room", "watch bob"));
  }
  l.lose();
  l.come_again(attach_result::resumed); // they never were answered
  EXPECT_THAT(words_of(l.take_sent()), UnorderedElementsAre("subscribe room", "watch bob"));
}

} // namespace
} // namespace restante::testing
