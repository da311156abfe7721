// Valid and invalid frames of a client, and how the broker reacts to them (spec W3, W4, W5).

#include "restante/tests/network/gateway_fixture.hpp"

#include <gtest/gtest.h>

#include <random>

namespace restante::testing {
namespace {

using ::testing::StartsWith;

/// An answer that refuses the request.
std::string refusal(const std::string& id, int number, const std::string& code) {
  return R"({"_orama":"reply",)" + (id.empty() ? "" : "\"id\":" + id + ",") +
         R"("ok":false,"error":{"code":")" + code + R"(","number":)" + std::to_string(number) +
         R"(,"message":"…","retry":…}})";
}

std::string spaces(std::size_t n) {
  return std::string(n, ' ');
}

std::string nested(int depth) { // the frame's own braces included
  const auto n = static_cast<std::size_t>(depth - 1);
  return R"({"op":"ping","id":1,"deep":)" + std::string(n, '[') + std::string(n, ']') + "}";
}

const std::string pong = R"({"_orama":"reply","id":1,"ok":true})";
const std::string ping = R"({"op":"ping","id":1})";

TEST(Frames, W3_an_id_comes_back_digit_by_digit) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (const auto* id :
       {"1", "0", "-0", "-7", "1.50", "1e3", "1E+03", "0.1e-7", "123456789012345678901234567890",
        R"("a")", R"("")", R"("with \"quotes\"")", R"("é")"}) {
    const auto said = std::string{R"({"op":"ping","id":)"} + id + "}";
    EXPECT_EQ(ann.ask(said), std::string{R"({"_orama":"reply","id":)"} + id + R"(,"ok":true})");
  }
}

TEST(Frames, W3_S8_an_id_has_at_most_256_bytes) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  const auto id = "\"" + std::string(254, 'x') + "\"";
  EXPECT_THAT(ann.ask(R"({"op":"ping","id":)" + id + "}"),
              StartsWith(R"({"_orama":"reply","id":"x)"));
  EXPECT_THAT(ann.ask(R"({"op":"ping","id":")" + std::string(255, 'x') + "\"}"),
              Like(refusal("", 102, "invalid_argument")));
}

TEST(Frames, W3_an_id_that_is_neither_text_nor_number_is_refused_without_one) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (const auto* id : {"null", "true", "[1]", R"({"a":1})"})
    EXPECT_THAT(ann.ask(std::string{R"({"op":"ping","id":)"} + id + "}"),
                Like(refusal("", 102, "invalid_argument")));
}

TEST(Frames, W3_without_an_id_only_a_failure_is_answered) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  ann.say(R"({"op":"ping"})");
  ann.say(R"({"op":"notify.put","to":"bob","pack":1})");
  ann.say(R"({"op":"topic.subscribe","topic":"t"})");
  ann.say(R"({"op":"topic.unsubscribe","topic":"t"})");
  EXPECT_TRUE(ann.receives_nothing_else());
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","to":"","pack":1})"),
              Like(refusal("", 102, "invalid_argument")));
}

TEST(Frames, W4_every_operation_is_answered) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  auto bob = h.enter("bob");
  captures known;
  const auto answered = [&](ws_client& who, const std::string& said, const std::string& fields) {
    SCOPED_TRACE(said);
    EXPECT_THAT(who.ask(filled_in(said, known)),
                LikeWith(R"({"_orama":"reply","id":1,"ok":true)" + fields + "}", &known));
  };
  answered(ann, ping, "");
  answered(ann, R"({"op":"notify.put","id":1,"to":"bob","pack":1.50,"suit":true})",
           R"(,"trace":"…t","created_at_ms":…,"expires_at_ms":…,"accepted":"memory")");
  EXPECT_THAT(bob.receive(), StartsWith(R"({"_orama":"notify.deliver","trace":")" + known["t"]));
  answered(ann, R"({"op":"notify.put_many","id":1,"targets":["cy","","di"],"pack":[]})",
           R"(,"outcomes":[{"to":"cy","ok":true,"trace":"…",)"
           R"("created_at_ms":…,"expires_at_ms":…,"accepted":"memory"},)"
           R"({"to":"","ok":false,"error":…},)"
           R"({"to":"di","ok":true,"trace":"…","created_at_ms":…,"expires_at_ms":…,)"
           R"("accepted":"memory"}])");
  answered(bob, R"({"op":"notify.pending","id":1})", R"(,"pending":1)");
  answered(bob, R"({"op":"notify.ack","id":1,"trace":"$t"})", "");
  answered(bob, R"({"op":"notify.ack","id":1,"trace":"$t"})", R"(,"late":true)");
  answered(ann, R"({"op":"notify.status","id":1,"trace":"$t"})", R"(,"notification":…)");
  answered(bob, R"({"op":"notify.reply","id":1,"trace":"$t","reply":{"z":1,"a":2}})",
           R"(,"notification":…)");
  answered(ann, R"({"op":"notify.await","id":1,"trace":"$t","timeout_ms":1000})",
           R"(,"reply":{"z":1,"a":2},"replied_at_ms":…)");
  answered(ann, R"({"op":"ephemeral.set","id":1,"topic":"t","key":"k","payload":"AAE="})", "");
  answered(
      ann, R"({"op":"ephemeral.list","id":1,"topic":"t"})",
      R"(,"entries":[{"key":"k","client_id":"ann","payload":"AAE=","expires_in_ms":…}],"epoch":…,"seq":1)");
  answered(
      bob, R"({"op":"topic.subscribe","id":1,"topic":"t"})",
      R"(,"entries":[{"key":"k","client_id":"ann","payload":"AAE=","expires_in_ms":…}],"epoch":…,"seq":1)");
  answered(ann, R"({"op":"ephemeral.clear","id":1,"topic":"t","key":"k"})", "");
  EXPECT_THAT(
      bob.receive(),
      Like(
          R"({"_orama":"ephemeral.clear","topic":"t","key":"k","client_id":"ann","reason":"explicit","seq":2,"epoch":…})"));
  answered(ann, R"({"op":"topic.publish","id":1,"topic":"t","data":null})", "");
  EXPECT_THAT(
      bob.receive(),
      Like(
          R"({"_orama":"topic.message","topic":"t","client_id":"ann","data":null,"seq":3,"epoch":…})"));
  answered(bob, R"({"op":"topic.unsubscribe","id":1,"topic":"t"})", "");
  answered(bob, R"({"op":"client.watch","id":1,"client":"cy"})", "");
  EXPECT_EQ(bob.receive(), R"({"_orama":"client.presence","client":"cy","connected":false})");
  answered(bob, R"({"op":"client.unwatch","id":1,"client":"cy"})", "");
  answered(bob, R"({"op":"disconnect","id":1})", "");
  EXPECT_EQ(bob.closed(), 1000);
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Frames, W4_nothing_but_a_ping_comes_before_connect) {
  gateway_fixture h;
  ws_client ann{h.port()};
  EXPECT_EQ(ann.ask(ping), pong);
  for (const auto* said :
       {R"({"op":"notify.put","id":1,"to":"b","pack":1})", R"({"op":"notify.pending","id":1})",
        R"({"op":"ephemeral.list","id":1,"topic":"t"})", R"({"op":"token.refresh","id":1})"})
    EXPECT_THAT(ann.ask(said), Like(refusal("1", 202, "stale_connection")));
  EXPECT_THAT(ann.ask(R"({"op":"connect","id":1,"client":"ann"})"),
              StartsWith(R"({"_orama":"reply","id":1,"ok":true,"client":"ann")"));
}

TEST(Frames, W4_a_client_without_a_name_is_given_one) {
  gateway_fixture h;
  ws_client one{h.port()};
  ws_client two{h.port()};
  captures first;
  captures second;
  const std::string answer =
      R"({"_orama":"reply","id":1,"ok":true,"client":"…name","ns":"","epoch":…,"ping_ms":10000,)"
      R"("resume":"…","resumed":false,"pending":0})";
  EXPECT_THAT(one.ask(R"({"op":"connect","id":1})"), LikeWith(answer, &first));
  EXPECT_THAT(two.ask(R"({"op":"connect","id":1})"), LikeWith(answer, &second));
  EXPECT_THAT(first["name"], StartsWith("anonymous-"));
  EXPECT_NE(first["name"], second["name"]);
}

TEST(Frames, W4_the_fields_of_connect_are_checked_and_the_socket_lives) {
  gateway_fixture h;
  ws_client ann{h.port()};
  for (const auto* fields :
       {R"("ack":"never")", R"("ack":1)", R"("max_inflight":0)", R"("max_inflight":1.5)",
        R"("resume":true)", R"("resume":7)", R"("client":7)", R"("client":"")"}) {
    EXPECT_THAT(ann.ask(std::string{R"({"op":"connect","id":1,)"} + fields + "}"),
                Like(refusal("1", 102, "invalid_argument")))
        << fields;
  }
  EXPECT_THAT(ann.ask(R"({"op":"connect","id":1,"client":")" + std::string(257, 'x') + "\"}"),
              Like(refusal("1", 102, "invalid_argument")));
  EXPECT_THAT(ann.ask(R"({"op":"connect","id":1,"client":"ann","ack":"auto","max_inflight":9999})"),
              StartsWith(R"({"_orama":"reply","id":1,"ok":true)"));
}

TEST(Frames, W5_S10_103_104_201_210_what_is_wrong_with_a_request_has_its_number) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  const auto refused = [&](const std::string& said, int number, const std::string& code) {
    EXPECT_THAT(ann.ask(said), Like(refusal("1", number, code))) << said.substr(0, 100);
  };
  const std::string pack(pack_bytes_max - 1, 'x'); // with its quotes one byte too many
  refused(R"({"op":"no.such","id":1})", 101, "unknown_op");
  refused(R"({"op":"advance","id":1,"ms":1})", 101, "unknown_op");
  refused(R"({"op":"cut","id":1,"client":"ann"})", 101, "unknown_op");
  refused(R"({"id":1})", 102, "invalid_argument");
  refused(R"({"op":7,"id":1})", 102, "invalid_argument");
  EXPECT_TRUE(ann.receives_nothing_else());
  refused(R"({"op":"ephemeral.set","id":1,"topic":"t","key":"k","payload":"AAE"})", 102,
          "invalid_argument");
  refused(R"({"op":"notify.put","id":1,"to":"bob","pack":1,"ttl_ms":1.5})", 102,
          "invalid_argument");
  refused(R"({"op":"notify.put","id":1,"to":"bob","pack":")" + pack + "\"}", 103,
          "payload_too_large");
  std::string targets;
  for (std::size_t i = 0; i <= put_many_targets_max; ++i)
    targets += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + "\"";
  refused(R"({"op":"notify.put_many","id":1,"pack":1,"targets":[)" + targets + "]}", 104,
          "too_many_targets");
  refused(R"({"op":"notify.status","id":1,"trace":"no trace"})", 200, "not_found");
  captures known;
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"bob","pack":1})"),
              LikeWith(R"({"_orama":"reply","id":1,"ok":true,"trace":"…t",)"
                       R"("created_at_ms":…,"expires_at_ms":…,"accepted":"memory"})",
                       &known));
  refused(filled_in(R"({"op":"notify.await","id":1,"trace":"$t","timeout_ms":5})", known), 201,
          "not_a_suit");
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"bob","pack":1,"suit":true})"),
              LikeWith(R"({"_orama":"reply","id":1,"ok":true,"trace":"…s",)"
                       R"("created_at_ms":…,"expires_at_ms":…,"accepted":"memory"})",
                       &known));
  refused(filled_in(R"({"op":"notify.await","id":1,"trace":"$s","timeout_ms":5})", known), 210,
          "timeout");
  refused(R"({"op":"notify.drain","id":1,"client":"bob"})", 301, "forbidden");
  refused(R"({"op":"notify.pending","id":1,"client":"bob"})", 301, "forbidden");
}

TEST(Frames, S10_already_connected_203_and_the_connection_lives) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (int i = 0; i < 20; ++i) // not a bad frame either
    EXPECT_THAT(ann.ask(R"({"op":"connect","id":1,"client":"bob"})"),
                Like(refusal("1", 203, "already_connected")));
  EXPECT_EQ(ann.ask(ping), pong);
}

TEST(Frames, S8_S10_204_205_206_209_400_404_what_is_full_says_so_on_the_wire) {
  options core;
  core.limits.keys_per_client = 1;
  core.limits.puts_per_second = 1;
  core.publisher = [](auto&&...) { return false; };
  gateway_fixture h{{}, core};
  auto ann = h.enter("ann");
  EXPECT_THAT(ann.ask(R"({"op":"ephemeral.set","id":1,"topic":"t","key":"a"})"),
              Like(refusal("1", 404, "publisher_failed")));
  EXPECT_THAT(ann.ask(R"({"op":"ephemeral.set","id":1,"topic":"t","key":"b"})"),
              Like(refusal("1", 204, "too_many_keys")));
  captures known;
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"bob","pack":1,"suit":true})"),
              LikeWith(R"({"_orama":"reply","id":1,"ok":true,"trace":"…t",)"
                       R"("created_at_ms":…,"expires_at_ms":…,"accepted":"memory"})",
                       &known));
  bool is_refused = false;
  for (int i = 0; i < 20 && !is_refused; ++i) {
    const auto said = ann.ask(R"({"op":"notify.put","id":1,"to":"bob","pack":1})");
    captures none;
    is_refused = misfit(refusal("1", 400, "overloaded"), said, none).empty();
  }
  EXPECT_TRUE(is_refused);
  for (std::size_t i = 0; i < waiters_max; ++i)
    ann.say(filled_in(R"({"op":"notify.await","trace":"$t","timeout_ms":60000})", known));
  EXPECT_THAT(
      ann.ask(filled_in(R"({"op":"notify.await","id":1,"trace":"$t","timeout_ms":60000})", known)),
      Like(refusal("1", 209, "too_many_waiters")));
  for (std::size_t i = 0; i < subscriptions_max; ++i)
    ann.say(R"({"op":"topic.subscribe","topic":"t)" + std::to_string(i) + "\"}");
  EXPECT_THAT(ann.ask(R"({"op":"topic.subscribe","id":1,"topic":"t"})"),
              Like(refusal("1", 205, "too_many_subscriptions")));
  auto cy = h.enter("cy");
  for (std::size_t i = 0; i < watches_max; ++i) {
    cy.say(R"({"op":"client.watch","client":"c)" + std::to_string(i) + "\"}");
    EXPECT_THAT(cy.receive(), StartsWith(R"({"_orama":"client.presence")"));
  }
  EXPECT_THAT(cy.ask(R"({"op":"client.watch","id":1,"client":"c"})"),
              Like(refusal("1", 206, "too_many_watches")));
}

// --- bad frames ----------------------------------------------------------------------------

TEST(BadFrames, W5_S10_100_each_is_answered_and_the_connection_lives) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (const auto& bad :
       {std::string{"not json"}, std::string{}, std::string{"[]"}, std::string{"7"},
        std::string{"{\"op\":\"ping\""}, std::string{R"({"x":"\ud83d"})"}}) {
    EXPECT_THAT(ann.ask(bad), Like(refusal("", 100, "bad_frame"))) << bad;
    EXPECT_EQ(ann.ask(ping), pong);
  }
  EXPECT_EQ(ann.ask(nested(64)), R"({"_orama":"reply","id":1,"ok":true,"ignored":["deep"]})");
}

const std::string bad_one = refusal("1", 100, "bad_frame");

TEST(BadFrames, W3_W5_where_an_id_can_be_read_the_answer_has_it) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (const auto& bad :
       {std::string{"{\"op\":\"ping\",\"id\":1}\0", 22}, nested(65),
        std::string{R"({"op":"ping","id":1} x)"}, std::string{R"({"op":"ping","id":1,)"},
        std::string{R"({"op":"notify.put","id":1,"to":"bob","pack":"\ud83d"})"},
        std::string{R"({"op":"notify.put","to":"bob","pack":"\udc00\ud83d","id":1})"},
        std::string{R"({"pack":NaN,"op":"notify.put","to":"bob","id":1})"},
        std::string{R"({"op":"notify.put","id":1,"to":"bob","pack":1e5000})"},
        R"({"op":"ping","id":1,"x":")" + std::string(std::size_t{1} << 20, 'x') + "\"}"}) {
    EXPECT_THAT(ann.ask(bad), Like(bad_one)) << bad.substr(0, 80);
  }
  ann.say_binary("{\"op\":\"ping\",\"id\":1,\"x\":\"\xff\"}");
  EXPECT_THAT(ann.receive(), Like(bad_one));
  EXPECT_EQ(ann.ask(ping), pong);
}

TEST(BadFrames, W5_S8_requests_that_are_wrong_never_close_a_socket) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (const auto& [wrong, answer] :
       {std::pair{R"({"op":"notify.put","id":1,"to":"bob","pack":"\ud83d"})", bad_one},
        std::pair{R"({"op":"no.such","id":1})", refusal("1", 101, "unknown_op")},
        std::pair{R"({"op":"notify.put","id":1})", refusal("1", 102, "invalid_argument")},
        std::pair{R"({"op":"ping","id":null})", refusal("", 102, "invalid_argument")},
        std::pair{R"({"op":"notify.put","to":"bob","pack":NaN})", refusal("", 100, "bad_frame")}}) {
    for (int i = 0; i < 20; ++i)
      EXPECT_THAT(ann.ask(wrong), Like(answer)) << wrong;
  }
  EXPECT_EQ(ann.ask(ping), pong);
}

TEST(BadFrames, W5_S8_what_names_no_operation_counts_with_an_id_too) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (int i = 0; i < 4; ++i) {
    EXPECT_THAT(ann.ask(R"({"id":1})"), Like(refusal("1", 102, "invalid_argument")));
    EXPECT_THAT(ann.ask(R"({"id":1,"x":"\ud83d"})"), Like(bad_one));
  }
  EXPECT_THAT(ann.receive(), StartsWith(R"({"_orama":"goodbye","code":4501)"));
  EXPECT_EQ(ann.closed(), 4501);
}

// --- what was ignored ----------------------------------------------------------------------

TEST(Ignored, W3_answers_name_the_members_that_meant_nothing) {
  gateway_fixture h;
  ws_client ann{h.port()};
  const auto ends_with = [](const std::string& named) {
    return ::testing::EndsWith(R"(,"ignored":[)" + named + "]}");
  };
  EXPECT_THAT(ann.ask(R"({"op":"ping","id":1,"x":1})"), ends_with(R"("x")"));
  EXPECT_THAT(ann.ask(R"({"op":"connect","id":1,"client":"ann","acks":"auto"})"),
              ends_with(R"("acks")"));
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"bob","pack":1,"ttl":60})"),
              ends_with(R"("ttl")"));
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"bob","pak":1})"),
              ::testing::AllOf(::testing::HasSubstr("pack is missing"), ends_with(R"("pak")")));
  EXPECT_THAT(ann.ask(R"({"op":"notify.status","id":1,"trace":"x","to":"b"})"),
              ::testing::AllOf(::testing::HasSubstr("not_found"), ends_with(R"("to")")));
  EXPECT_THAT(ann.ask(R"({"op":"topic.subscribe","id":1,"topic":"t","as":"bob"})"),
              ends_with(R"("as")"));
  EXPECT_THAT(ann.ask(R"({"op":"disconnect","id":1,"reason":"tired"})"), ends_with(R"("reason")"));
  EXPECT_EQ(ann.closed(), 1000);
}

TEST(Ignored, W3_without_an_id_a_success_is_not_answered_all_the_same) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  ann.say(R"({"op":"notify.put","to":"bob","pack":1,"ttl":60})");
  EXPECT_TRUE(ann.receives_nothing_else());
}

// --- acknowledgements without an id --------------------------------------------------------

TEST(Frames, W3_N11_an_ack_without_an_id_that_is_refused_is_answered_with_its_trace) {
  gateway_fixture h;
  ws_client desk{h.port()};
  EXPECT_THAT(desk.ask(R"({"op":"connect","id":1,"client":"ann","visit":true})"),
              StartsWith(R"({"_orama":"reply","id":1,"ok":true)"));
  const std::string trace(32, 'a');
  desk.say(R"({"op":"notify.ack","trace":")" + trace + "\"}");
  EXPECT_THAT(
      desk.receive(),
      Like(R"({"_orama":"reply","ok":false,"error":{"code":"stale_connection","number":202,)"
           R"("message":"…","retry":false},"trace":")" +
           trace + "\"}"));
  EXPECT_THAT(desk.ask(R"({"op":"notify.ack","id":1,"trace":")" + trace + "\"}"),
              Like(refusal("1", 202, "stale_connection")));
}

TEST(BadFrames, W5_S8_the_eighth_in_a_row_closes_4501) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (int i = 0; i < 8; ++i)
    EXPECT_THAT(ann.ask("{"), Like(refusal("", 100, "bad_frame")));
  EXPECT_EQ(ann.receive(),
            R"({"_orama":"goodbye","code":4501,"reason":"bad protocol","reconnect":false})");
  EXPECT_EQ(ann.closed(), 4501);
}

TEST(BadFrames, W5_S8_seven_and_a_good_one_and_seven_do_not) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 7; ++i)
      EXPECT_THAT(ann.ask("{"), Like(refusal("", 100, "bad_frame")));
    EXPECT_EQ(ann.ask(ping), pong);
  }
}

TEST(BadFrames, W5_they_count_before_connect_too) {
  gateway_fixture h;
  ws_client ann{h.port()};
  for (int i = 0; i < 8; ++i)
    ann.say(R"({"topic":"t"})");
  EXPECT_EQ(ann.closed(), 4501);
}

TEST(BadFrames, W5_S8_a_frame_of_one_mebibyte_is_read_and_one_byte_more_is_answered) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  constexpr std::size_t most = std::size_t{1} << 20;
  EXPECT_EQ(ann.ask(ping + spaces(most - ping.size())), pong);
  EXPECT_THAT(ann.ask(ping + spaces(most + 1 - ping.size())), Like(refusal("1", 100, "bad_frame")));
  EXPECT_THAT(ann.ask(spaces(5 * most)), Like(refusal("", 100, "bad_frame")));
  EXPECT_EQ(ann.ask(ping), pong);
}

TEST(BadFrames, W5_S8_a_message_beyond_sixteen_mebibytes_closes_1009) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  const std::string head{"\x82\xff\x00\x00\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00", 14};
  ann.send(head); // only announced: 16 MiB and one byte would follow
  EXPECT_EQ(ann.closed(), 1009);

  auto bob = h.enter("bob");
  const auto part = std::string(std::size_t{4} << 20, ' ');
  bob.send(frame_text(opcode::text, part, false));
  for (int i = 0; i < 3; ++i)
    bob.send(frame_text(opcode::more, part, false));
  bob.send(frame_text(opcode::more, " "));
  EXPECT_EQ(bob.closed(), 1009);
}

TEST(BadFrames, W5_what_is_no_utf8_closes_1007_in_text_and_is_answered_in_binary) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  const std::string bad = "{\"op\":\"ping\",\"id\":\"\xff\"}";
  EXPECT_THAT(ann.ask("{\"op\":\"ping\",\"id\":\"é\"}"),
              StartsWith(R"({"_orama":"reply","id":"é")"));
  ann.say_binary(bad);
  EXPECT_THAT(ann.receive(), Like(refusal("", 100, "bad_frame")));
  ann.say(bad);
  EXPECT_EQ(ann.closed(), 1007);
}

TEST(BadFrames, W5_a_frame_that_breaks_the_protocol_closes_1002) {
  gateway_fixture h;
  for (const auto& raw : {std::string{"\x81\x02{}", 4},                    // not masked
                          frame_text(static_cast<opcode>(3), "{}"),        // no such opcode
                          frame_text(opcode::more, "{}"),                  // continues no message
                          frame_text(opcode::ping, std::string(126, 'x')), // too long for a ping
                          std::string{"\xc1\x80\x00\x00\x00\x00", 6}}) {   // compressed, unasked
    auto ann = h.enter("ann");
    ann.send(raw);
    EXPECT_EQ(ann.closed(), 1002);
  }
}

TEST(BadFrames, W5_what_one_socket_says_changes_nothing_for_another) {
  gateway_fixture h;
  auto bob = h.enter("bob");
  ASSERT_THAT(bob.ask(R"({"op":"topic.subscribe","id":1,"topic":"t"})"), StartsWith("{"));
  std::mt19937 random{20261124};
  const std::string words[] = {"{",
                               "}",
                               "[",
                               "]",
                               "\"op\"",
                               "\"ephemeral.set\"",
                               ":",
                               ",",
                               "\"",
                               "\\u0000",
                               "\"topic\"",
                               "\"\xf0\x9f\"",
                               "1e999",
                               "-",
                               "null",
                               "\"trace\"",
                               "\"connect\"",
                               "\x00",
                               "9999999999999999999999"};
  for (int round = 0; round < 40; ++round) {
    ws_client eve{h.port()};
    eve.say(R"({"op":"connect","client":"eve"})");
    for (int i = 0; i < 10; ++i) {
      std::string said;
      for (auto n = random() % 12; n > 0; --n)
        said += words[random() % std::size(words)];
      if (!eve.say_binary(said))
        break;
    }
    if (round % 2 == 0)
      eve.drop();
    else
      EXPECT_EQ(eve.closed(), 4501);
  }
  EXPECT_TRUE(bob.receives_nothing_else());
  EXPECT_EQ(h.broker.stats().crashes, 0u);
}

// --- how a message comes -------------------------------------------------------------------

TEST(Messages, W3_binary_ones_are_read_like_text) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  ann.say_binary(ping);
  EXPECT_EQ(ann.receive(), pong);
}

TEST(Messages, W3_one_in_fragments_is_one) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  ann.send(frame_text(opcode::text, "", false));
  for (std::size_t i = 0; i < ping.size(); ++i) {
    ann.send(frame_text(opcode::more, ping.substr(i, 1), false));
    if (i % 5 == 0) // control frames may come between
      ann.send(frame_text(opcode::ping, "p"));
  }
  ann.send(frame_text(opcode::more, ""));
  EXPECT_EQ(ann.receive(), pong);
  const auto long_one = ping + spaces(5000);
  ann.send(frame_text(opcode::text, long_one.substr(0, 600), false));
  ann.send(frame_text(opcode::more, long_one.substr(600, 1), false));
  ann.send(frame_text(opcode::more, long_one.substr(601)));
  EXPECT_EQ(ann.receive(), pong);
}

TEST(Messages, W3_one_that_comes_byte_by_byte_is_one) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (const char byte : frame_text(opcode::text, ping))
    ann.send({&byte, 1});
  EXPECT_EQ(ann.receive(), pong);
}

TEST(Messages, W3_many_in_one_packet_are_many) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  std::string all;
  for (int i = 0; i < 500; ++i)
    all += frame_text(opcode::text, R"({"op":"ping","id":)" + std::to_string(i) + "}");
  ann.send(all);
  for (int i = 0; i < 500; ++i)
    ASSERT_EQ(ann.receive(), R"({"_orama":"reply","id":)" + std::to_string(i) + R"(,"ok":true})");
}

TEST(Messages, W3_sizes_around_the_edges_of_buffers_are_read_whole) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (const std::size_t size : {125, 126, 127, 463, 464, 465, 1024, 16 * 1024 + 463,
                                 16 * 1024 + 464, 16 * 1024 + 465, 65'535, 65'536})
    EXPECT_EQ(ann.ask(ping + spaces(size - ping.size())), pong) << size;
}

TEST(Messages, C3_a_ping_of_the_client_is_answered_with_its_words) {
  gateway_fixture h;
  ws_client ann{h.port()};
  ann.send(frame_text(opcode::ping, "still there?"));
  EXPECT_EQ(ann.pong(), "still there?");
}

} // namespace
} // namespace restante::testing
