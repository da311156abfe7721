// How a link handles temporary refusals: it sends acknowledgements and restored registrations
// again, and reports every other refusal. It also tests what a link does not send at all.

#include "restante/actors/protocol/refused_acks.hpp"
#include "restante/tests/remote/link_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const failure full_disk{errc::storage_failed, {}};

topic_address room() {
  return {"acme", "room"};
}

trace_id trace(std::uint64_t n) {
  return {1, n};
}

/// A link that writes nothing to standard error.
struct quiet_link {
  link_fixture l{{.log = [this](std::string_view line) { lines.emplace_back(line); }}};
  std::vector<std::string> lines;
};

/// Hands an operation in, and answers it.
void answered(link_fixture& l, command what, answer_value value) {
  const auto asked = l.ask(std::move(what));
  const auto sent = l.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  l.at().answered(sent[0].op, std::move(value));
  EXPECT_FALSE(asked.is_open());
}

// C7: an exception of an embedder's hook does not end a link.
TEST(LinkRefusals, C7_a_log_that_throws_is_not_heard_of) {
  int lines = 0;
  link_fixture l{{.log = [&lines](std::string_view) {
    ++lines;
    throw std::runtime_error{"no log today"};
  }}};
  l.attach();
  EXPECT_NO_THROW(l.at().ack_refused(trace(1), errc::storage_failed));
  EXPECT_EQ(lines, 1);
}

// --- acknowledgements ------------------------------------------------------------------------

TEST(RefusedAcks, N11_they_wait_for_pauses_that_grow_and_begin_anew_when_all_is_calm) {
  refused_acks acks{7};
  instant now{0};
  EXPECT_EQ(acks.due(), instant::never());
  EXPECT_TRUE(acks.add(trace(1), now));
  EXPECT_FALSE(acks.add(trace(2), now));
  EXPECT_FALSE(acks.add(trace(1), now));
  auto longest = duration{0};
  for (int round = 0; round < 12; ++round) {
    const auto pause = acks.due() - now;
    EXPECT_LE(pause, 5s);
    EXPECT_GE(pause, round == 0 ? 50ms : longest / 2 - 1ms);
    longest = std::max(longest, pause);
    EXPECT_THAT(acks.take_due(acks.due() + duration{-1}), IsEmpty());
    now = acks.due();
    EXPECT_THAT(acks.take_due(now), ElementsAre(trace(1), trace(2)));
    EXPECT_EQ(acks.due(), instant::never());
    EXPECT_FALSE(acks.add(trace(1), now));
    EXPECT_FALSE(acks.add(trace(2), now));
  }
  EXPECT_GE(longest, 2500ms);
  acks.clear();
  EXPECT_EQ(acks.due(), instant::never());
  now = now + duration{31s};
  EXPECT_TRUE(acks.add(trace(3), now));
  EXPECT_LE(acks.due() - now, 100ms);
}

TEST(RefusedAcks, N11_S8_a_window_of_them_is_kept_and_no_more) {
  refused_acks acks{7};
  for (std::uint64_t n = 1; n <= inflight_max + 1; ++n)
    acks.add(trace(n), instant{0});
  EXPECT_EQ(acks.take_due(acks.due()).size(), inflight_max);
}

TEST(LinkRefusals, N11_an_ack_that_was_refused_for_now_is_said_until_it_is_taken) {
  quiet_link q;
  auto& l = q.l;
  l.attach();
  for (std::uint64_t n = 1; n <= 3; ++n)
    l.at().pushed(delivery_of(trace(n)));
  EXPECT_THAT(std::exchange(l.by().acks, {}), ElementsAre(trace(1), trace(2), trace(3)));
  for (std::uint64_t n = 1; n <= 3; ++n)
    l.at().ack_refused(trace(n), errc::storage_failed);
  EXPECT_EQ(q.lines.size(), 1u) << "told once";
  l.pass(100ms);
  EXPECT_THAT(std::exchange(l.by().acks, {}), ElementsAre(trace(1), trace(2), trace(3)));
  l.at().ack_refused(trace(2), errc::overloaded);
  l.pass(200ms);
  EXPECT_THAT(std::exchange(l.by().acks, {}), ElementsAre(trace(2)));
  l.pass(1h);
  EXPECT_THAT(l.by().acks, IsEmpty()) << "it was taken";
  EXPECT_EQ(q.lines.size(), 1u);
  EXPECT_FALSE(l.by().rings_at) << "no alarm is left over";
}

TEST(LinkRefusals, N11_acks_that_were_refused_go_with_their_connection) {
  quiet_link q;
  auto& l = q.l;
  l.attach();
  l.at().pushed(delivery_of(trace(1)));
  l.at().ack_refused(trace(1), errc::storage_failed);
  l.by().acks.clear();
  l.lose();
  l.at().ack_refused(trace(1), errc::storage_failed); // of a connection that has ended
  l.come_again();
  l.pass(1min);
  EXPECT_THAT(l.by().acks, IsEmpty()) << "it is offered again";
}

TEST(LinkRefusals, N11_an_ack_refused_for_good_is_told_and_not_repeated) {
  quiet_link q;
  q.l.attach();
  q.l.at().ack_refused(trace(1), errc::forbidden);
  q.l.pass(1min);
  EXPECT_THAT(q.l.by().acks, IsEmpty());
  EXPECT_THAT(q.lines, ElementsAre("an acknowledgement was refused: forbidden"));
}

TEST(LinkRefusals, N11_an_ack_by_hand_is_repeated_until_its_deadline) {
  quiet_link q;
  auto& l = q.l;
  l.attach();
  const auto refuse_all = [&l] {
    std::size_t count = 0;
    for (const auto& one : l.take_sent()) {
      l.at().answered(one.op, full_disk);
      ++count;
    }
    return count;
  };
  const auto taken = l.ask(ack_notifications{0, {}, 0, {trace(1)}});
  EXPECT_EQ(refuse_all(), 1u);
  EXPECT_TRUE(taken.is_open());
  l.pass(100ms);
  auto sent = l.take_sent();
  ASSERT_EQ(words_of(sent), std::vector<std::string>{"ack"});
  l.at().answered(sent[0].op, ack_receipt{});
  EXPECT_EQ(taken.code(), errc::none);

  const auto refused = l.ask(ack_notifications{0, {}, 0, {trace(2)}});
  std::size_t attempts = refuse_all();
  for (int i = 0; i < 400 && refused.is_open(); ++i) {
    l.pass(100ms);
    attempts += refuse_all();
  }
  EXPECT_GE(attempts, 6u);
  EXPECT_LE(attempts, 30u);
  EXPECT_FALSE(refused.is_open());
  EXPECT_EQ(row_of(refused.code()).may_retry, retry::yes);
}

TEST(LinkRefusals, N11_an_ack_by_hand_that_waits_to_be_repeated_is_asked_again_after_a_loss) {
  quiet_link q;
  auto& l = q.l;
  l.attach();
  const auto asked = l.ask(ack_notifications{0, {}, 0, {trace(1)}});
  l.at().answered(l.take_sent().at(0).op, full_disk);
  l.lose();
  l.come_again();
  const auto sent = l.take_sent();
  ASSERT_EQ(words_of(sent), std::vector<std::string>{"ack"});
  l.at().answered(sent[0].op, ack_receipt{0, ack_result::late});
  EXPECT_EQ(asked.code(), errc::none);
}

TEST(LinkRefusals, N14_E2_all_else_is_told_at_once) {
  quiet_link q;
  auto& l = q.l;
  l.attach();
  for (command what :
       {command{put_of("1")}, command{put_many{{"bob"}, put_of("1")}}, command{record_reply{}},
        command{set_entry{0, room(), "k", "ann", {}}}, command{clear_entry{0, room(), "k"}},
        command{subscribe_topic{0, room()}}, command{watch_client{0, {"acme", "bob"}}},
        command{drain_queue{0, {"acme", "bob"}}}, command{get_status{}}, command{await_reply{}},
        command{publish_message{0, room(), "ann", {}}}}) {
    for (const auto code : {errc::overloaded, errc::storage_failed, errc::shutting_down}) {
      const auto asked = l.ask(what);
      l.at().answered(l.take_sent().at(0).op, failure{code, {}});
      EXPECT_EQ(asked.code(), code);
    }
  }
  l.pass(1h);
  EXPECT_THAT(l.take_sent(), IsEmpty());
}

// --- what is made anew -----------------------------------------------------------------------

TEST(LinkRefusals, E11_C5_what_cannot_be_made_anew_for_now_is_asked_for_until_it_is_there) {
  quiet_link q;
  auto& l = q.l;
  l.attach();
  answered(l, subscribe_topic{0, room()}, entries_view{});
  answered(l, watch_client{0, {"acme", "bob"}}, operation_done{});
  l.lose();
  l.come_again();
  for (int round = 0; round < 20; ++round) { // for longer than the deadline of an operation
    const auto sent = l.take_sent();
    ASSERT_THAT(words_of(sent), UnorderedElementsAre("subscribe room", "watch bob")) << round;
    for (const auto& one : sent)
      l.at().answered(one.op, failure{errc::overloaded, {}});
    l.pass(5s);
  }
  EXPECT_TRUE(l.seen().pushes.empty());
  for (const auto& one : l.take_sent()) {
    if (std::holds_alternative<subscribe_topic>(one.what))
      l.at().answered(one.op, entries_view{});
    else
      l.at().answered(one.op, operation_done{});
  }
  EXPECT_EQ(l.seen().pushes.size(), 1u) << "the snapshot";
  l.pass(1h);
  EXPECT_THAT(l.take_sent(), IsEmpty());
}

TEST(LinkRefusals, E11_what_is_not_answered_is_asked_for_again_too) {
  link_fixture l;
  l.attach();
  answered(l, subscribe_topic{0, room()}, entries_view{});
  l.lose();
  l.come_again();
  EXPECT_EQ(l.take_sent().size(), 1u);
  l.pass(31s);
  EXPECT_EQ(words_of(l.take_sent()), std::vector<std::string>{"subscribe room"});
}

TEST(LinkRefusals, E11_what_is_given_up_meanwhile_is_not_made_anew) {
  link_fixture l;
  l.attach();
  answered(l, subscribe_topic{0, room()}, entries_view{});
  l.lose();
  l.come_again();
  l.at().answered(l.take_sent().at(0).op, failure{errc::overloaded, {}});
  answered(l, unsubscribe_topic{0, room()}, operation_done{});
  l.pass(1min);
  EXPECT_THAT(l.take_sent(), IsEmpty());
}

TEST(LinkRefusals, E11_W7_what_is_refused_for_good_is_told_and_forgotten) {
  quiet_link q;
  auto& l = q.l;
  l.attach();
  answered(l, subscribe_topic{0, room()}, entries_view{});
  l.lose();
  l.come_again();
  l.at().answered(l.take_sent().at(0).op, failure{errc::forbidden, {}});
  EXPECT_EQ(q.lines.size(), 1u);
  l.lose();
  l.come_again();
  EXPECT_THAT(l.take_sent(), IsEmpty());
}

TEST(LinkRefusals, E11_what_waits_out_a_loss_is_made_anew_by_the_next_connection) {
  link_fixture l;
  l.attach();
  answered(l, subscribe_topic{0, room()}, entries_view{});
  l.lose();
  l.come_again();
  l.take_sent();
  l.lose();
  l.pass(duration{10ms});
  l.come_again(attach_result::resumed); // which does not know that operation
  EXPECT_EQ(words_of(l.take_sent()), std::vector<std::string>{"subscribe room"});
}

// --- what is never said ------------------------------------------------------------------------

TEST(LinkRefusals, W5_what_cannot_be_said_is_refused_here) {
  link_fixture l;
  l.attach();
  const auto refused = [&l](command what) {
    const auto asked = l.ask(std::move(what));
    EXPECT_THAT(l.take_sent(), IsEmpty());
    return asked.code();
  };
  const std::string bad = "b\xff"
                          "b";
  const std::string too_long(257, 'x');
  const auto not_json = body::received(content::json, "{");
  ASSERT_EQ(not_json.kind(), content::not_json);
  const auto put = [](auto change) {
    auto made = put_of("1");
    change(made);
    return made;
  };
  EXPECT_EQ(refused(put([&](auto& m) { m.to.client = bad; })), errc::invalid_argument);
  EXPECT_EQ(refused(put([&](auto& m) { m.to.client = too_long; })), errc::invalid_argument);
  EXPECT_EQ(refused(put([&](auto& m) { m.to.ns = bad; })), errc::invalid_argument);
  EXPECT_EQ(refused(put([&](auto& m) { m.from = bad; })), errc::invalid_argument);
  EXPECT_EQ(refused(put([&](auto& m) { m.message_id = bad; })), errc::invalid_argument);
  EXPECT_EQ(refused(put([&](auto& m) { m.collapse_key = bad; })), errc::invalid_argument);
  EXPECT_EQ(refused(put([&](auto& m) { m.pack = not_json; })), errc::invalid_argument);
  EXPECT_EQ(
      refused(put([](auto& m) { m.pack = body::bytes(std::string(pack_bytes_max + 1, 'x')); })),
      errc::payload_too_large);
  EXPECT_EQ(refused(put_many{{"bob", bad}, put_of("1")}), errc::invalid_argument);
  EXPECT_EQ(refused(put_many{std::vector<std::string>(put_many_targets_max + 1, "b"), put_of("1")}),
            errc::too_many_targets);
  record_reply reply;
  reply.value = not_json;
  EXPECT_EQ(refused(reply), errc::invalid_argument);
  EXPECT_EQ(refused(publish_message{0, room(), "ann", not_json}), errc::invalid_argument);
  EXPECT_EQ(refused(publish_message{0, {"acme", bad}, "ann", {}}), errc::invalid_argument);
  EXPECT_EQ(refused(set_entry{0, room(), bad, "ann", {}}), errc::invalid_argument);
  EXPECT_EQ(refused(set_entry{0, room(), "k", "ann",
                              body::bytes(std::string(ephemeral_bytes_max + 1, 'x'))}),
            errc::payload_too_large);
  EXPECT_EQ(refused(clear_entry{0, {"acme", bad}, "k"}), errc::invalid_argument);
  EXPECT_EQ(refused(list_entries{0, {"acme", bad}}), errc::invalid_argument);
  EXPECT_EQ(refused(subscribe_topic{0, {"acme", bad}}), errc::invalid_argument);
  EXPECT_EQ(refused(unsubscribe_topic{0, {"acme", bad}}), errc::invalid_argument);
  EXPECT_EQ(refused(watch_client{0, {"acme", bad}}), errc::invalid_argument);
  EXPECT_EQ(refused(unwatch_client{0, {"acme", bad}}), errc::invalid_argument);
  EXPECT_EQ(refused(drain_queue{0, {"acme", bad}}), errc::invalid_argument);
  EXPECT_EQ(refused(get_pending{0, {"acme", bad}}), errc::invalid_argument);
  EXPECT_EQ(refused(purge_expired{0, bad}), errc::invalid_argument);
  EXPECT_EQ(refused(list_topics{0, {.prefix = bad}}), errc::invalid_argument);
  EXPECT_EQ(refused(list_clients{0, {.after = bad}}), errc::invalid_argument);
  l.ask(put_of("fine"));
  EXPECT_EQ(l.take_sent().size(), 1u);
}

TEST(LinkRefusals, W5_who_cannot_be_named_is_refused_before_anybody_is_asked) {
  auto options = options_of_ann();
  options.client.client = "\xff";
  link_fixture l{{}, options};
  EXPECT_THAT(l.by().opened, IsEmpty());
  EXPECT_EQ(l.connected().get(duration{0}).code(), errc::invalid_argument);
  EXPECT_EQ(l.seen().ended.size(), 1u);
}

} // namespace
} // namespace restante::testing
