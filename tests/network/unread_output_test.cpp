// Clients that do not read hold their own output, and no more memory than the share for output: all
// other clients go on (spec N18, E14, W6).

#include "restante/actors/model/output_budget.hpp"
#include "restante/tests/network/certificate.hpp"
#include "restante/tests/network/gateway_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

options of_16_mebibytes() {
  options core;
  core.limits.memory_bytes = 16 * mebibyte; // output has 4 of them
  return core;
}

/// A topic whose list takes about a megabyte of JSON.
void fill(gateway_fixture& h, ws_client& owner, const std::string& topic) {
  const std::string payload(16'000, 'A');
  for (int n = 0; n < 60; ++n) {
    ASSERT_EQ(owner.ask(R"({"op":"ephemeral.set","id":1,"ttl_ms":1800000,"topic":")" + topic +
                        R"(","key":"k)" + std::to_string(n) + R"(","payload":")" + payload + "\"}"),
              R"({"_orama":"reply","id":1,"ok":true})");
  }
  ASSERT_GT(h.broker.stats().memory_bytes, mebibyte / 2);
}

const std::string ask_for_the_list = R"({"op":"ephemeral.list","id":1,"topic":"big"})";

/// Many clients that do not read: each sends requests repeatedly and reads no answer.
std::vector<ws_client> stall(gateway_fixture& h, int many, const std::string& request,
                             speaking how) {
  std::vector<ws_client> held;
  for (int n = 0; n < many; ++n) {
    held.push_back(h.enter("mute" + std::to_string(n), {}, {.how = how, .receive_bytes = 4096}));
    std::string all;
    for (int i = 0; i < 20; ++i)
      all += frame_text(opcode::text, request);
    held.back().at().send_some(all, 1s);
  }
  return held;
}

/// Uses all turns for large answers, so that the next request waits for a turn.
std::vector<model::output_permit_ptr> take_all_turns(gateway_fixture& h) {
  const auto budget = h.broker.output();
  const auto nobody = std::make_shared<int>(0);
  std::vector<model::output_permit_ptr> turns;
  EXPECT_TRUE(comes_true([&] {
    auto one = budget->begin(0, model::reader::unknown, nobody, [](const auto&) {});
    if (one)
      turns.push_back(std::move(one));
    return turns.size() == budget->starts_max();
  }));
  return turns;
}

void expect_that_others_go_on(gateway_fixture& h, ws_client& other) {
  for (int n = 0; n < 50; ++n) {
    EXPECT_THAT(
        other.ask(R"({"op":"notify.put","id":2,"to":"z)" + std::to_string(n) + R"(","pack":1})"),
        StartsWith(R"({"_orama":"reply","id":2,"ok":true)"));
  }
  EXPECT_EQ(other.ask(R"({"op":"ephemeral.list","id":3,"topic":"small"})"),
            R"({"_orama":"reply","id":3,"ok":true,"entries":[],"epoch":0,"seq":0})");
  EXPECT_EQ(h.broker.stats().refused_overloaded, 0u);
}

class UnreadOutput : public ::testing::TestWithParam<speaking> {
protected:
  gateway::gateway_options small_gateway() {
    gateway::gateway_options how;
    if (GetParam() == speaking::tls) {
      how.tls_cert = shown.cert();
      how.tls_key = shown.key();
    }
    return how;
  }
  ws_client enter(gateway_fixture& h, const std::string& client) {
    return h.enter(client, {}, {.how = GetParam()});
  }

  const certificate shown{"first"};
};

INSTANTIATE_TEST_SUITE_P(Plain, UnreadOutput, ::testing::Values(speaking::plain));
INSTANTIATE_TEST_SUITE_P(Tls, UnreadOutput, ::testing::Values(speaking::tls));

TEST_P(UnreadOutput, N18_lists_that_nobody_reads_keep_to_their_share_and_puts_go_on) {
  gateway_fixture h{small_gateway(), of_16_mebibytes()};
  auto owner = enter(h, "owner");
  fill(h, owner, "big");
  const auto kept = h.broker.stats().memory_bytes;
  const auto held = stall(h, 30, ask_for_the_list, GetParam()); // 30 MB if all were made
  EXPECT_TRUE(comes_true([&] { return h.broker.output()->is_contended(); }));
  auto other = enter(h, "other");
  expect_that_others_go_on(h, other);
  EXPECT_LE(h.broker.stats().output_bytes, 4 * mebibyte);
  EXPECT_LT(h.broker.stats().memory_bytes, kept + mebibyte / 2);
  take_all_turns(h); // no answer is lost
}

TEST_P(UnreadOutput, N18_responses_that_nobody_reads_keep_to_the_same_share) {
  gateway_fixture h{small_gateway(), of_16_mebibytes()};
  auto owner = enter(h, "owner");
  fill(h, owner, "big");
  std::vector<line> held;
  const auto request = http_request_text("GET", "/v1/topics/big/ephemeral");
  for (int n = 0; n < 30; ++n) {
    held.emplace_back(h.port(), GetParam(), 4096);
    held.back().send_some(request + request + request, 1s);
  }
  EXPECT_TRUE(comes_true([&] { return h.broker.output()->is_contended(); }));
  auto other = enter(h, "other");
  expect_that_others_go_on(h, other);
  http_client small{h.port(), GetParam()};
  EXPECT_EQ(small.post("/v1/notifications", R"({"to":"ann","pack":1})").status, 201);
  EXPECT_EQ(small.get("/v1/topics/small/ephemeral").status, 200);
  EXPECT_LE(h.broker.stats().output_bytes, 4 * mebibyte);
}

TEST_P(UnreadOutput, W6_who_waits_for_room_gets_it_from_those_that_take_nothing) {
  auto how = small_gateway();
  how.write_timeout = 500ms;
  gateway_fixture h{how, of_16_mebibytes()};
  auto owner = enter(h, "owner");
  fill(h, owner, "big");
  auto held = stall(h, 12, ask_for_the_list, GetParam());
  auto other = enter(h, "other");
  EXPECT_THAT(other.ask(ask_for_the_list), HasSubstr(R"("key":"k59")"));
  http_client web{h.port(), GetParam()};
  EXPECT_THAT(web.get("/v1/topics/big/ephemeral").body, HasSubstr(R"("key":"k59")"));
  held.clear();
  EXPECT_TRUE(comes_true([&] { return h.broker.stats().output_bytes == 0; }));
}

TEST(Output, W6_a_reader_of_a_byte_now_and_then_does_not_keep_others_waiting) {
  gateway_fixture h{{.write_timeout = 500ms}, of_16_mebibytes()};
  auto owner = h.enter("owner");
  fill(h, owner, "big");
  auto held = stall(h, 12, ask_for_the_list, speaking::plain);
  auto other = h.enter("other");
  other.say(ask_for_the_list);
  std::string received;
  EXPECT_TRUE(comes_true([&] { // each reads a little all the time, so none counts as stalled
    for (auto& one : held) {
      one.at().listen(1ms);
      one.at().take(one.at().received().size());
    }
    received = other.receive(1ms);
    return received != "(silence)";
  }));
  EXPECT_THAT(received, HasSubstr(R"("key":"k59")"));
}

TEST(Output, E14_a_subscription_that_was_put_off_begins_with_its_snapshot_and_misses_nothing) {
  gateway_fixture h{{.write_timeout = 500ms}, of_16_mebibytes()};
  auto owner = h.enter("owner");
  fill(h, owner, "big");
  auto held = stall(h, 12, ask_for_the_list, speaking::plain);
  EXPECT_TRUE(comes_true([&] { return h.broker.output()->is_contended(); }));
  auto ann = h.enter("ann");
  ann.say(R"({"op":"topic.subscribe","id":7,"topic":"big"})");
  for (int n = 0; n < 50; ++n) // some before, some behind what it begins with
    owner.say(R"({"op":"ephemeral.set","topic":"big","key":"k0","payload":"AAAA"})");
  const auto begun = ann.receive();
  ASSERT_THAT(begun, StartsWith(R"({"_orama":"reply","id":7,"ok":true,"entries":[)"));
  const auto at = begun.rfind("\"seq\":");
  auto seq = std::stol(begun.substr(at + 6));
  EXPECT_GE(seq, 60);
  owner.ask(R"({"op":"ephemeral.clear","id":9,"topic":"big","key":"k1"})");
  while (seq < 60 + 51)
    ASSERT_THAT(ann.receive(), HasSubstr("\"seq\":" + std::to_string(++seq)));
  EXPECT_TRUE(ann.receives_nothing_else());
}

/// Sends a request. When this call returns, the gateway has read it and its operation is under way.
void say_and_wait(gateway_fixture& h, ws_client& who, ws_client& other, const std::string& what) {
  const auto before = h.gateway.stats().frames_in;
  who.say(what);
  EXPECT_TRUE(comes_true([&] { return h.gateway.stats().frames_in > before; }));
  for (int n = 0; n < 20; ++n)
    EXPECT_TRUE(other.receives_nothing_else());
}

TEST(Output, N18_who_reads_nothing_keeps_no_turn_that_comes_while_its_socket_is_full) {
  gateway_fixture h{{.write_timeout = 10min}, of_16_mebibytes()};
  auto owner = h.enter("owner");
  fill(h, owner, "big");
  auto other = h.enter("other");
  auto mute = h.enter("mute", {}, {.receive_bytes = 4096});
  EXPECT_TRUE(comes_true([&] { // the kernel buffers one or two answers
    say_and_wait(h, mute, owner, ask_for_the_list);
    take_all_turns(h).clear(); // the answer is made
    EXPECT_TRUE(owner.receives_nothing_else());
    return h.broker.stats().output_bytes > mebibyte / 4;
  }));
  auto turns = take_all_turns(h);
  say_and_wait(h, mute, owner, ask_for_the_list); // the request waits for a turn
  say_and_wait(h, owner, other, R"({"op":"notify.put","to":"mute","pack":1})"); // no room for this
  other.say(R"({"op":"ephemeral.list","id":3,"topic":"small"})");
  turns.pop_back(); // the only turn: first for the client that does not read, then for the other
  EXPECT_EQ(other.receive(),
            R"({"_orama":"reply","id":3,"ok":true,"entries":[],"epoch":0,"seq":0})");
}

TEST(Output, N11_N18_deliveries_that_wait_are_not_kept_twice) {
  gateway_fixture h{{}, of_16_mebibytes()};
  auto ann = h.enter("ann", R"(,"ack":"explicit")", {.receive_bytes = 4096});
  auto bob = h.enter("bob");
  for (int n = 0; n < 60; ++n) {
    ASSERT_THAT(bob.ask(R"({"op":"notify.put","id":1,"to":"ann","pack":")" +
                        std::string(60'000, 'x') + "\"}"),
                HasSubstr(R"("ok":true)"));
  }
  for (int n = 0; n < 60; ++n)
    ASSERT_THAT(ann.receive(), StartsWith(R"({"_orama":"notify.deliver")"));
  EXPECT_TRUE(ann.receives_nothing_else());
  EXPECT_TRUE(comes_true([&] { return h.broker.stats().output_bytes == 0; }));
}

TEST(Output, N2_N18_deliveries_that_expire_unread_do_not_pile_up) {
  options core = of_16_mebibytes();
  core.limits.output_bytes = mebibyte / 4;
  gateway_fixture h{{}, core};
  auto ann = h.enter("ann", R"(,"ack":"explicit")", {.receive_bytes = 4096});
  auto bob = h.enter("bob");
  std::uint64_t most = 0;
  EXPECT_TRUE(comes_true([&] { // the window of the client becomes free each time
    EXPECT_THAT(bob.ask(R"({"op":"notify.put","id":1,"to":"ann","ttl_ms":1,"pack":")" +
                        std::string(60'000, 'x') + "\"}"),
                HasSubstr("\"id\":1"));
    most = std::max(most, h.broker.stats().output_bytes);
    return h.broker.stats().connections == 1 || ::testing::Test::HasFailure();
  }));
  EXPECT_LT(most, 5 * mebibyte);
}

TEST(Output, W5_what_was_asked_before_too_many_bad_frames_is_answered_before_the_close) {
  gateway_fixture h;
  for (int round = 0; round < 20; ++round) {
    auto eve = h.enter("eve" + std::to_string(round));
    std::string all;
    for (int i = 0; i < 50; ++i) // the broker's actors answer, each in its own time
      all += frame_text(opcode::text,
                        R"({"op":"notify.put","to":"","pack":1,"id":)" + std::to_string(i) + "}");
    for (int i = 0; i < 9; ++i)
      all += frame_text(opcode::text, "no JSON");
    ASSERT_TRUE(eve.send(all));
    int refused = 0;
    int bad = 0;
    std::string received;
    while ((received = eve.receive()).starts_with(R"({"_orama":"reply")"))
      ++(received.find("invalid_argument") != std::string::npos ? refused : bad);
    EXPECT_EQ(refused, 50);
    EXPECT_EQ(bad, 8);
    EXPECT_THAT(received, StartsWith(R"({"_orama":"goodbye")"));
    EXPECT_EQ(eve.closed(), 4501);
  }
}

TEST(Output, S8_one_list_is_answered_before_the_next_frame_is_read) {
  gateway_fixture h{{}, of_16_mebibytes()};
  auto owner = h.enter("owner");
  fill(h, owner, "big");
  auto ann = h.enter("ann", {}, {.receive_bytes = 4096});
  const auto before = h.gateway.stats().frames_in;
  std::string all;
  for (int i = 0; i < 20; ++i)
    all += frame_text(opcode::text, ask_for_the_list);
  ASSERT_TRUE(ann.send(all));
  EXPECT_TRUE(comes_true([&] { return h.gateway.stats().frames_in > before; }));
  auto other = h.enter("other");
  for (int n = 0; n < 20; ++n)
    EXPECT_TRUE(other.receives_nothing_else());
  EXPECT_LE(h.broker.stats().output_bytes, 4 * mebibyte);
  for (int i = 0; i < 20; ++i) // all of them reach a client that reads
    ASSERT_THAT(ann.receive(), HasSubstr(R"("key":"k59")"));
}

} // namespace
} // namespace restante::testing
