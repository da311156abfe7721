// How a connection is opened, kept, lost and ended (spec C3, C4, C6, N11, W6).

#include "restante/tests/network/gateway_fixture.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using steady = std::chrono::steady_clock;

std::string put(const std::string& to, const std::string& pack) {
  return R"({"op":"notify.put","to":")" + to + R"(","pack":)" + pack + "}";
}

std::string deliver(const std::string& pack, int attempts) {
  return R"({"_orama":"notify.deliver","trace":"…t","from":"…","pack":)" + pack +
         R"(,"suit":false,"created_at_ms":…,"expires_at_ms":…,"attempts":)" +
         std::to_string(attempts) + "}";
}

const std::string connected =
    R"({"_orama":"reply","id":1,"ok":true,"client":"ann","ns":"","epoch":…,"ping_ms":…,"resume":"…token","resumed":…resumed,"pending":…pending})";

// --- silence -------------------------------------------------------------------------------

TEST(Silence, C3_W6_a_socket_that_answers_no_ping_ends_4012_in_time) {
  gateway_fixture h{{.ping_interval = 100ms}};
  const auto begun = steady::now();
  auto ann = h.enter("ann", "", {.pings = manners::mute});
  EXPECT_EQ(ann.receive(),
            R"({"_orama":"goodbye","code":4012,"reason":"no pong","reconnect":true})");
  EXPECT_EQ(ann.closed(), 4012);
  const auto took = steady::now() - begun;
  EXPECT_GE(took, 250ms);
  EXPECT_LT(took, 5s);
  EXPECT_TRUE(comes_true([&] { return h.broker.stats().connections == 0; }));
  EXPECT_EQ(h.gateway.stats().lost_silent, 1u);
}

TEST(Silence, C3_one_that_reads_nothing_is_lost_too_and_watchers_hear_of_it) {
  gateway_fixture h{{.ping_interval = 500ms}};
  auto bob = h.enter("bob");
  bob.say(R"({"op":"client.watch","client":"ann"})");
  EXPECT_THAT(bob.receive(), HasSubstr(R"("connected":false)"));
  auto ann = h.enter("ann");
  EXPECT_THAT(bob.receive(), HasSubstr(R"("connected":true)"));
  EXPECT_THAT(bob.receive(), HasSubstr(R"("connected":false)")); // ann read nothing
  EXPECT_EQ(ann.closed(), 4012);
}

TEST(Silence, C3_one_that_answers_lives) {
  gateway_fixture h{{.ping_interval = 500ms}};
  auto ann = h.enter("ann");
  const auto until = steady::now() + patient;
  while (ann.pings_received() < 5 && steady::now() < until)
    ASSERT_EQ(ann.receive(50ms), "(silence)");
  EXPECT_GE(ann.pings_received(), 5u); // two and a half intervals have passed twice
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Silence, C3_one_that_speaks_need_not_answer_pings) {
  gateway_fixture h{{.ping_interval = 400ms}};
  auto ann = h.enter("ann", "", {.pings = manners::mute});
  const auto until = steady::now() + 2s;
  while (steady::now() < until) {
    ASSERT_EQ(ann.ask(R"({"op":"ping","id":1})"), R"({"_orama":"reply","id":1,"ok":true})");
    ASSERT_EQ(ann.receive(20ms), "(silence)");
  }
}

TEST(Silence, W6_who_does_not_connect_in_time_is_closed_4501) {
  gateway_fixture h{{.handshake_timeout = 200ms}};
  ws_client ann{h.port()};
  EXPECT_EQ(ann.receive(),
            R"({"_orama":"goodbye","code":4501,"reason":"no connect","reconnect":false})");
  EXPECT_EQ(ann.closed(), 4501);
}

TEST(Silence, C3_a_socket_that_closes_counts_at_once) {
  gateway_fixture h;
  auto bob = h.enter("bob");
  bob.say(R"({"op":"client.watch","client":"ann"})");
  EXPECT_THAT(bob.receive(), HasSubstr(R"("connected":false)"));
  for (int i = 0; i < 3; ++i) {
    auto ann = h.enter("ann");
    EXPECT_THAT(bob.receive(), HasSubstr(R"("connected":true)"));
    if (i == 0)
      ann.drop(); // a reset
    else if (i == 1)
      ann.at().close(); // an end of the stream without a close frame
    else
      ann.leave(1001); // the page was left
    EXPECT_THAT(bob.receive(), HasSubstr(R"("connected":false)"));
  }
}

// --- deliveries and their acks -------------------------------------------------------------

TEST(Acks, N11_the_window_is_what_connect_said) {
  gateway_fixture h;
  auto ann = h.enter("ann", R"(,"max_inflight":2)");
  auto bob = h.enter("bob");
  for (const auto* pack : {"1", "2", "3", "4"})
    bob.say(put("ann", pack));
  captures known;
  EXPECT_THAT(ann.receive(), LikeWith(deliver("1", 1), &known));
  const auto first = known["t"];
  known.clear();
  EXPECT_THAT(ann.receive(), LikeWith(deliver("2", 1), &known));
  EXPECT_TRUE(bob.receives_nothing_else());
  EXPECT_TRUE(ann.receives_nothing_else());
  ann.say(R"({"op":"notify.ack","trace":")" + first + "\"}");
  EXPECT_THAT(ann.receive(), Like(deliver("3", 1)));
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Acks, N11_what_a_killed_socket_had_not_acknowledged_comes_again_in_order) {
  gateway_fixture h;
  auto bob = h.enter("bob");
  auto ann = h.enter("ann");
  for (const auto* pack : {"1", "2", "3"})
    bob.say(put("ann", pack));
  captures known;
  EXPECT_THAT(ann.receive(), LikeWith(deliver("1", 1), &known));
  ASSERT_THAT(ann.ask(R"({"op":"notify.ack","id":1,"trace":")" + known["t"] + "\"}"),
              ::testing::AnyOf(HasSubstr("reply"), HasSubstr("deliver")));
  for (int i = 0; i < 2; ++i)
    ann.receive(); // the rest
  ann.drop();
  auto again = h.enter("ann");
  EXPECT_THAT(again.receive(), Like(deliver("2", 2)));
  EXPECT_THAT(again.receive(), Like(deliver("3", 2)));
  EXPECT_TRUE(again.receives_nothing_else());
}

TEST(Acks, N11_auto_counts_what_the_kernel_took) {
  gateway_fixture h;
  auto bob = h.enter("bob");
  auto ann = h.enter("ann", R"(,"ack":"auto","max_inflight":1)");
  for (int i = 0; i < 200; ++i)
    bob.say(put("ann", std::to_string(i)));
  for (int i = 0; i < 200; ++i)
    ASSERT_THAT(ann.receive(), Like(deliver(std::to_string(i), 1)));
  EXPECT_TRUE(comes_true([&] {
    return bob.ask(R"({"op":"ping","id":1})") != "" && h.broker.stats().delivered == 200;
  }));
}

// --- resuming ------------------------------------------------------------------------------

TEST(Resuming, C4_N11_nothing_acknowledged_comes_twice_and_the_rest_comes_again) {
  gateway_fixture h;
  auto bob = h.enter("bob");
  ws_client ann{h.port()};
  captures known;
  ASSERT_THAT(ann.ask(R"({"op":"connect","id":1,"client":"ann","resume_window_ms":60000})"),
              LikeWith(connected, &known));
  const auto token = known["token"];
  bob.say(put("ann", "1"));
  bob.say(put("ann", "2"));
  EXPECT_THAT(ann.receive(), LikeWith(deliver("1", 1), &known));
  EXPECT_THAT(ann.receive(), Like(deliver("2", 1)));
  EXPECT_EQ(ann.ask(R"({"op":"notify.ack","id":2,"trace":")" + known["t"] + "\"}"),
            R"({"_orama":"reply","id":2,"ok":true})");
  ann.drop();
  ws_client again{h.port()};
  known.clear();
  ASSERT_THAT(again.ask(R"({"op":"connect","id":1,"client":"ann","resume":")" + token + "\"}"),
              LikeWith(connected, &known));
  EXPECT_EQ(known["resumed"], "true");
  EXPECT_EQ(known["token"], token);
  EXPECT_THAT(again.receive(), Like(deliver("2", 2)));
  EXPECT_TRUE(again.receives_nothing_else());
}

TEST(Resuming, C4_W6_a_socket_that_is_not_known_to_be_dead_is_resumed_all_the_same) {
  gateway_fixture h;
  ws_client ann{h.port()};
  captures known;
  ASSERT_THAT(ann.ask(R"({"op":"connect","id":1,"client":"ann","resume_window_ms":60000})"),
              LikeWith(connected, &known));
  const auto token = known["token"];
  ASSERT_EQ(ann.ask(R"({"op":"ephemeral.set","id":2,"topic":"t","key":"k"})"),
            R"({"_orama":"reply","id":2,"ok":true})");
  ws_client again{h.port()};
  known.clear();
  ASSERT_THAT(again.ask(R"({"op":"connect","id":1,"client":"ann","resume":")" + token + "\"}"),
              LikeWith(connected, &known));
  EXPECT_EQ(known["resumed"], "true");
  EXPECT_EQ(ann.receive(),
            R"({"_orama":"goodbye","code":4503,"reason":"taken_over","reconnect":false})");
  EXPECT_EQ(ann.closed(), 4503);
  EXPECT_THAT(again.ask(R"({"op":"ephemeral.list","id":3,"topic":"t"})"),
              HasSubstr(R"([{"key":"k","client_id":"ann")"));
}

TEST(Resuming, C4_a_token_of_nothing_connects_afresh) {
  gateway_fixture h;
  for (const auto* token : {"00000000000000000000000000000001", "no token", ""}) {
    ws_client ann{h.port()};
    captures known;
    ASSERT_THAT(
        ann.ask(std::string{R"({"op":"connect","id":1,"client":"ann","resume":")"} + token + "\"}"),
        LikeWith(connected, &known));
    EXPECT_EQ(known["resumed"], "false");
  }
}

TEST(Resuming, E13_keys_stay_while_the_window_is_open_and_nobody_notices) {
  gateway_fixture h;
  auto bob = h.enter("bob");
  bob.ask(R"({"op":"topic.subscribe","id":1,"topic":"t"})");
  auto ann = h.enter("ann", R"(,"resume_window_ms":60000)");
  ann.say(R"({"op":"ephemeral.set","topic":"t","key":"k"})");
  EXPECT_THAT(bob.receive(), StartsWith(R"({"_orama":"ephemeral.set","topic":"t","key":"k")"));
  ann.drop();
  EXPECT_TRUE(comes_true([&] { return h.gateway.stats().websockets == 1; }));
  EXPECT_THAT(bob.ask(R"({"op":"ephemeral.list","id":1,"topic":"t"})"),
              HasSubstr(R"([{"key":"k","client_id":"ann")"));
  EXPECT_TRUE(bob.receives_nothing_else());
}

TEST(Resuming, E13_a_clean_end_clears_at_once_whatever_the_window) {
  gateway_fixture h;
  auto bob = h.enter("bob");
  bob.ask(R"({"op":"topic.subscribe","id":1,"topic":"t"})");
  for (const bool by_frame : {true, false}) {
    auto ann = h.enter("ann", R"(,"resume_window_ms":60000)");
    ann.say(R"({"op":"ephemeral.set","topic":"t","key":"k"})");
    EXPECT_THAT(bob.receive(), StartsWith(R"({"_orama":"ephemeral.set")"));
    if (by_frame)
      ann.say(R"({"op":"disconnect"})");
    else
      ann.leave(1000);
    EXPECT_THAT(
        bob.receive(),
        Like(
            R"({"_orama":"ephemeral.clear","topic":"t","key":"k","client_id":"ann","reason":"disconnect","seq":…,"epoch":…})"));
    EXPECT_EQ(ann.closed(), 1000);
  }
}

// A regression test. A resumed connection could be left with an inbox that nobody read: none of its
// operations was answered, and it was never told of its end. The fault needed a race of two
// threads, so this test repeats the situation many times.
TEST(Resuming, C2_C4_a_resumed_connection_is_answered_and_hears_of_its_end) {
  gateway_fixture h;
  for (int i = 0; i < 60; ++i) {
    ws_client ann{h.port()};
    captures known;
    ASSERT_THAT(ann.ask(R"({"op":"connect","id":1,"client":"ann","resume_window_ms":60000})"),
                LikeWith(connected, &known));
    const auto token = known["token"];
    if (i % 2 == 0)
      ann.drop();
    ws_client again{h.port()};
    known.clear();
    ASSERT_THAT(again.ask(R"({"op":"connect","id":1,"client":"ann","resume":")" + token + "\"}"),
                LikeWith(connected, &known));
    ASSERT_EQ(known["resumed"], "true");
    ASSERT_EQ(again.ask(R"({"op":"notify.pending","id":2})"),
              R"({"_orama":"reply","id":2,"ok":true,"pending":0})");
    auto newer = h.enter("ann");
    ASSERT_EQ(again.closed(), 4503);
    newer.say(R"({"op":"disconnect"})");
    ASSERT_EQ(newer.closed(), 1000);
  }
}

TEST(TakeOver, C2_W6_the_newer_socket_wins_and_the_older_one_hears_4503) {
  gateway_fixture h;
  auto first = h.enter("ann");
  auto second = h.enter("ann");
  EXPECT_EQ(first.receive(),
            R"({"_orama":"goodbye","code":4503,"reason":"taken_over","reconnect":false})");
  EXPECT_EQ(first.closed(), 4503);
  EXPECT_TRUE(second.receives_nothing_else());
  EXPECT_TRUE(h.logs("connection_closed client=ann ns= remote=127.0.0.1:"));
  EXPECT_TRUE(h.logs("code=4503 reason=taken_over"));
}

// --- too many, and the end -----------------------------------------------------------------

TEST(TooMany, W6_S8_S10_403_connections_beyond_the_limit_are_refused_for_now) {
  options core;
  core.limits.connections = 1;
  gateway_fixture h{{}, core};
  auto ann = h.enter("ann");
  ws_client bob{h.port()};
  EXPECT_THAT(
      bob.ask(R"({"op":"connect","id":1,"client":"bob"})"),
      Like(
          R"({"_orama":"reply","id":1,"ok":false,"error":{"code":"too_many_connections","number":403,"message":"…","retry":true}})"));
  EXPECT_THAT(
      bob.receive(),
      Like(R"({"_orama":"goodbye","code":4003,"reason":"refused","reconnect":true,"error":…})"));
  EXPECT_EQ(bob.closed(), 4003);
  EXPECT_TRUE(ann.receives_nothing_else());
  ann.say(R"({"op":"disconnect"})");
  EXPECT_EQ(ann.closed(), 1000);
  EXPECT_TRUE(comes_true([&] {
    ws_client again{h.port()};
    return again.ask(R"({"op":"connect","id":1,"client":"bob"})").find(R"("ok":true)") !=
           std::string::npos;
  }));
}

TEST(TooMany, W8_S8_S10_403_sockets_beyond_the_limit_are_told_so_and_closed) {
  gateway_fixture h{{.sockets_max = 2}};
  auto ann = h.enter("ann");
  auto http = h.http();
  ASSERT_EQ(http.get("/healthz").status, 200);
  {
    auto third = h.http();
    const auto told = third.get("/healthz");
    EXPECT_THAT(
        told.text(),
        Like(
            R"(503 {"error":{"code":"too_many_connections","number":403,"message":"…","retry":true}})"));
    EXPECT_EQ(told.header("retry-after"), "1");
    EXPECT_TRUE(third.at().ends());
    ws_client socket{h.port()};
    EXPECT_EQ(socket.answer().status, 503);
  }
  http.at().close();
  EXPECT_TRUE(comes_true([&] { return h.http().get("/healthz").status == 200; }));
  EXPECT_GE(h.gateway.stats().refused_sockets, 2u);
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Stopping, C6_W6_S10_402_everybody_is_told_and_nobody_gets_in) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  auto bob = h.enter("bob", R"(,"resume_window_ms":60000)");
  ws_client early{h.port()}; // has not sent connect
  auto http = h.http();
  auto other = h.http();
  ASSERT_EQ(http.get("/readyz").text(), "200 ready");
  ASSERT_EQ(other.get("/readyz").status, 200);
  h.gateway.refuse_newcomers();
  EXPECT_EQ(http.get("/readyz").text(), "503 stopping");
  EXPECT_TRUE(comes_true([&] {
    try {
      h.http();
      return false;
    } catch (const std::runtime_error&) {
      return true;
    }
  }));
  EXPECT_TRUE(ann.receives_nothing_else()); // a connected client is served until the broker stops
  h.broker.stop();
  EXPECT_EQ(other.post("/v1/notifications", R"({"to":"ann","pack":1})").status, 503);
  const std::string goodbye =
      R"({"_orama":"goodbye","code":4001,"reason":"shutdown","reconnect":true})";
  EXPECT_EQ(ann.receive(), goodbye);
  EXPECT_EQ(ann.closed(), 4001);
  EXPECT_EQ(bob.receive(), goodbye);
  EXPECT_EQ(bob.closed(), 4001);
  std::thread stopping{[&] { h.gateway.stop(); }};
  EXPECT_EQ(early.receive(), goodbye);
  EXPECT_EQ(early.closed(), 4001);
  stopping.join();
  EXPECT_EQ(h.gateway.stats().sockets, 0u);
}

TEST(Stopping, C6_a_gateway_that_just_goes_takes_its_sockets_along) {
  auto h = std::make_unique<gateway_fixture>(gateway::gateway_options{.io_threads = 3});
  std::vector<ws_client> all;
  for (int i = 0; i < 12; ++i)
    all.push_back(h->enter("c" + std::to_string(i)));
  auto http = h->http();
  ASSERT_EQ(http.get("/healthz").status, 200);
  const auto begun = steady::now();
  h.reset();
  EXPECT_LT(steady::now() - begun, 8s);
  for (auto& one : all)
    EXPECT_NE(one.closed(), 0);
  EXPECT_TRUE(http.at().ends());
}

TEST(Stopping, C6_a_socket_that_reads_nothing_does_not_hold_up_the_end) {
  gateway_fixture h{{.close_timeout = 200ms}};
  auto ann = h.enter("ann", "", {.pings = manners::mute, .receive_bytes = 4096});
  auto bob = h.enter("bob");
  ann.ask(R"({"op":"topic.subscribe","id":1,"topic":"t"})");
  const std::string data(60'000, 'x');
  for (int i = 0; i < 120; ++i)
    bob.ask(R"({"op":"topic.publish","id":1,"topic":"t","data":")" + data + "\"}");
  const auto begun = steady::now();
  h.broker.stop();
  h.gateway.stop();
  EXPECT_LT(steady::now() - begun, 8s);
}

} // namespace
} // namespace restante::testing
