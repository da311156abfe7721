// The operations of a link, without a broker: bounds, credit, deadlines.

#include "restante/actors/protocol/credit.hpp"
#include "restante/tests/remote/link_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const put_notification& put_in(const fake_transport::said& what) {
  return std::get<put_notification>(what.what);
}

TEST(Link, C4_it_looks_for_its_broker_as_it_was_told) {
  auto options = options_of_ann();
  options.resume = trace_id{7, 7};
  link_fixture l{{}, options};
  ASSERT_EQ(l.by().opened.size(), 1u);
  EXPECT_EQ(l.by().opened[0].client, (client_address{"acme", "ann"}));
  EXPECT_EQ(l.by().opened[0].resume, (trace_id{7, 7}));
  EXPECT_FALSE(l.connected().is_ready());
  l.attach();
  EXPECT_TRUE(l.connected().get(0ns));
  EXPECT_EQ(l.seen().attached.size(), 1u);
}

TEST(Link, C4_operations_may_be_handed_in_before_it_is_there) {
  link_fixture l;
  const auto one = l.ask(put_of("1"));
  const auto two = l.ask(put_of("2"));
  EXPECT_THAT(l.take_sent(), IsEmpty());
  l.attach();
  const auto sent = l.take_sent();
  EXPECT_THAT(words_of(sent), ElementsAre("put 1", "put 2"));
  EXPECT_EQ(l.by().batches, 1u);
  put_receipt receipt;
  receipt.trace = {1, 2};
  l.at().answered(sent[1].op, receipt);
  EXPECT_TRUE(one.is_open());
  EXPECT_EQ(std::get<put_receipt>(two.value()).trace, (trace_id{1, 2}));
  l.at().answered(sent[1].op, put_receipt{}); // one announcement is enough
  l.at().answered(12345, put_receipt{});
  EXPECT_EQ(two.code(), errc::none);
}

TEST(Link, N14_a_put_gets_a_message_id_of_its_own) {
  link_fixture l;
  l.attach();
  l.ask(put_of("1"));
  l.ask(put_of("2"));
  l.ask(put_of("3", "mine"));
  put_many many;
  many.targets = {"bob", "cid"};
  l.ask(many);
  const auto sent = l.take_sent();
  EXPECT_EQ(put_in(sent[0]).message_id, "name.1");
  EXPECT_EQ(put_in(sent[1]).message_id, "name.2");
  EXPECT_EQ(put_in(sent[2]).message_id, "mine");
  EXPECT_EQ(std::get<put_many>(sent[3].what).each.message_id, "name.3");
}

TEST(Link, N14_a_put_keeps_its_message_id_however_often_it_is_repeated) {
  link_fixture l;
  l.attach();
  const auto one = l.ask(put_of("1"));
  auto sent = l.take_sent();
  const auto first = put_in(sent[0]);
  for (int i = 0; i < 3; ++i) {
    l.lose();
    l.come_again();
    sent = l.take_sent();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(put_in(sent[0]), first);
  }
  EXPECT_TRUE(one.is_open());
  l.at().answered(sent[0].op, put_receipt{});
  EXPECT_EQ(one.code(), errc::none);
  l.lose();
  l.come_again();
  EXPECT_THAT(l.take_sent(), IsEmpty()) << "what was answered is not repeated";
}

// --- bounds ------------------------------------------------------------------------------------

TEST(Link, S8_so_many_operations_wait_and_one_more_is_refused) {
  link_fixture l{{.waiting_operations = 3}};
  std::vector<pending_answer> waiting;
  for (int i = 0; i < 3; ++i)
    waiting.push_back(l.ask(put_of(std::to_string(i))));
  for (const auto& one : waiting)
    EXPECT_TRUE(one.is_open());
  EXPECT_EQ(l.ask(put_of("x")).code(), errc::overloaded);
  l.attach(); // the operations are under way and no longer wait
  EXPECT_EQ(l.take_sent().size(), 3u);
  EXPECT_TRUE(l.ask(put_of("3")).is_open());
}

TEST(Link, S8_a_waiting_put_to_many_counts_as_that_many) {
  link_fixture l{{.operation_deadline = 1s, .waiting_operations = 3}};
  put_many many;
  many.targets = {"bob", "cid"};
  put_many larger;
  larger.targets = {"bob", "cid", "dan", "eve"};
  EXPECT_TRUE(l.ask(many).is_open());
  EXPECT_EQ(l.ask(many).code(), errc::overloaded);
  EXPECT_TRUE(l.ask(put_of("1")).is_open());
  EXPECT_EQ(l.ask(put_of("2")).code(), errc::overloaded);
  l.attach(); // the operations are under way and no longer wait
  EXPECT_EQ(l.take_sent().size(), 2u);
  l.lose();
  EXPECT_TRUE(l.ask(larger).is_open()) << "nothing else waits";
  EXPECT_EQ(l.ask(put_of("3")).code(), errc::overloaded);
  l.pass(1s);
  EXPECT_TRUE(l.ask(many).is_open()) << "what was too late waits no longer";
  EXPECT_TRUE(l.ask(put_of("4")).is_open());
  EXPECT_EQ(l.ask(put_of("5")).code(), errc::overloaded);
}

TEST(Link, S8_so_many_bytes_wait_and_one_more_is_refused) {
  const auto each = size_of(command{put_of(std::string(100, 'x'))});
  link_fixture l{{.waiting_bytes = 2 * each}};
  l.ask(put_of(std::string(100, 'x')));
  EXPECT_EQ(l.ask(put_of(std::string(101, 'x'))).code(), errc::overloaded);
  EXPECT_TRUE(l.ask(put_of(std::string(100, 'x'))).is_open());
  EXPECT_EQ(l.ask(get_pending{}).code(), errc::overloaded);
  l.attach();
  EXPECT_EQ(l.take_sent().size(), 2u);
  EXPECT_TRUE(l.ask(get_pending{}).is_open());
}

TEST(Link, S8_what_is_too_late_waits_no_longer) {
  link_fixture l{{.operation_deadline = 1s, .waiting_operations = 2}};
  l.ask(put_of("1"));
  l.ask(put_of("2"));
  l.pass(1s);
  EXPECT_TRUE(l.ask(put_of("3")).is_open());
  EXPECT_TRUE(l.ask(put_of("4")).is_open());
  EXPECT_EQ(l.ask(put_of("5")).code(), errc::overloaded);
}

TEST(Link, S8_no_more_operations_are_under_way_than_its_broker_wants) {
  link_fixture l;
  l.by().room.operations = 4;
  for (int i = 0; i < 12; ++i)
    l.ask(put_of(std::to_string(i)));
  l.attach();
  std::vector<std::string> all;
  std::vector<fake_transport::said> out;
  while (true) {
    for (const auto& one : l.take_sent())
      out.push_back(one);
    ASSERT_LE(out.size(), 4u);
    if (out.empty())
      break;
    all.push_back(std::string{put_in(out.front()).pack.view()});
    l.at().answered(out.front().op, put_receipt{});
    out.erase(out.begin());
  }
  EXPECT_THAT(all, ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"));
}

TEST(Link, S8_no_more_bytes_are_under_way_than_its_broker_wants) {
  const auto each = cost_of(command{put_of(std::string(100, 'x'))}).bytes;
  link_fixture l;
  l.by().room.bytes = 3 * each;
  l.attach();
  for (int i = 0; i < 5; ++i)
    l.ask(put_of(std::string(100, 'x')));
  const auto sent = l.take_sent();
  EXPECT_EQ(sent.size(), 3u);
  l.at().answered(sent[0].op, put_receipt{});
  EXPECT_EQ(l.take_sent().size(), 1u);
}

TEST(Link, S8_what_is_larger_than_all_the_room_goes_alone) {
  link_fixture l;
  l.by().room = {4, 1000};
  l.attach();
  put_many many;
  many.targets.assign(5, "bob");
  l.ask(put_of("1"));
  l.ask(many);
  l.ask(put_of("2"));
  auto sent = l.take_sent();
  EXPECT_THAT(words_of(sent), ElementsAre("put 1"));
  l.at().answered(sent[0].op, put_receipt{});
  sent = l.take_sent();
  EXPECT_THAT(words_of(sent), ElementsAre("put_many "));
  l.at().answered(sent[0].op, put_many_receipt{});
  EXPECT_THAT(words_of(l.take_sent()), ElementsAre("put 2"));
}

TEST(Link, N13_replies_that_are_awaited_do_not_hold_up_others) {
  link_fixture l;
  l.by().room.operations = 2;
  l.attach();
  for (int i = 0; i < 50; ++i)
    l.ask(await_reply{{}, 1h});
  l.ask(put_of("1"));
  EXPECT_EQ(l.take_sent().size(), 51u);
}

// --- deadlines ---------------------------------------------------------------------------------

TEST(Link, S10_what_never_went_out_ends_unreachable) {
  link_fixture l{{.operation_deadline = 2s}};
  const auto one = l.ask(put_of("1"));
  l.pass(2s - 1ns);
  EXPECT_TRUE(one.is_open());
  l.pass(1ns);
  EXPECT_EQ(one.code(), errc::unreachable);
  l.attach();
  EXPECT_THAT(l.take_sent(), IsEmpty());
}

TEST(Link, S10_what_went_out_ends_unknown) {
  link_fixture l{{.operation_deadline = 2s}};
  l.attach();
  const auto one = l.ask(put_of("1"));
  const auto sent = l.take_sent();
  l.pass(2s - 1ns);
  EXPECT_TRUE(one.is_open());
  l.pass(1ns);
  EXPECT_EQ(one.code(), errc::unknown_outcome);
  l.at().answered(sent[0].op, put_receipt{});
  EXPECT_EQ(one.code(), errc::unknown_outcome);
}

TEST(Link, S10_what_went_out_and_waits_to_be_repeated_ends_unknown) {
  link_fixture l{{.first_pause = 10s, .operation_deadline = 2s}};
  l.attach();
  const auto out = l.ask(put_of("1"));
  l.pass(1s);
  l.lose();
  const auto never_out = l.ask(put_of("2"));
  l.pass(1s);
  EXPECT_EQ(out.code(), errc::unknown_outcome);
  EXPECT_TRUE(never_out.is_open());
  l.pass(1s);
  EXPECT_EQ(never_out.code(), errc::unreachable);
}

TEST(Link, S10_places_of_what_is_too_late_are_free_again) {
  link_fixture l{{.operation_deadline = 2s}};
  l.by().room.operations = 1;
  l.attach();
  l.ask(put_of("1"));
  l.pass(1s);
  l.ask(put_of("2"));
  EXPECT_EQ(l.take_sent().size(), 1u);
  l.pass(1s);
  EXPECT_THAT(words_of(l.take_sent()), ElementsAre("put 2"));
}

TEST(Link, S10_an_await_between_others_does_not_hide_their_deadlines) {
  link_fixture l{{.operation_deadline = 2s}};
  pending_answer put;
  const pending_answer first;
  const pending_answer last;
  l.at().submit(await_reply{{}, 1h}, first.filler()); // all handled at once
  l.at().submit(put_of("1"), put.filler());
  l.at().submit(await_reply{{}, 1h}, last.filler());
  l.settle();
  l.pass(2s);
  EXPECT_EQ(put.code(), errc::unreachable);
  EXPECT_TRUE(first.is_open());
  l.pass(1h);
  EXPECT_EQ(first.code(), errc::unreachable);
  EXPECT_EQ(last.code(), errc::unreachable);
}

} // namespace
} // namespace restante::testing
