// The push that a client decodes equals the push that the broker encoded; and the members that all
// replies share.

#include "restante/tests/messages/decoded_samples.hpp"

#include <limits>

namespace restante::json {
namespace {

using namespace samples;

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

// --- pushes

TEST(DecodeFrame, N10_a_delivery_is_what_was_offered) {
  EXPECT_EQ(must_decode_frame<delivery>(frame_of(some_offer(), unix_epoch)),
            delivery{some_offer()});
  auto plain = some_offer();
  plain.kind = notification_kind::plain;
  EXPECT_EQ(must_decode_frame<delivery>(frame_of(plain, unix_epoch)), delivery{plain});
}

TEST(DecodeFrame, N10_times_are_whole_milliseconds_rounded_down_and_may_be_endless) {
  auto offer = some_offer();
  offer.created_at = instant{1'999'999};
  offer.expires_at = instant::never();
  const auto decoded = must_decode_frame<delivery>(frame_of(offer, unix_epoch)).notification;
  EXPECT_EQ(decoded.created_at, instant{1'000'000});
  EXPECT_EQ(decoded.expires_at.milliseconds(), instant::never().milliseconds());
}

TEST(DecodeFrame, N12_a_receipt_names_each_step) {
  using enum notification_state;
  for (const auto state : {queued, offered, delivered, replied, expired, evicted, collapsed}) {
    const notification_step step{{}, "bob", some_trace(), state, after_ms(7)};
    EXPECT_EQ(must_decode_frame<notification_step>(frame_of(step, unix_epoch)), step);
  }
  const auto two_errors = decode_frame(R"({"_orama":"notify.receipt"})");
  ASSERT_NE(two_errors.why(), nullptr);
  EXPECT_EQ(*two_errors.why(), (failure{errc::bad_frame, "to is missing"}));
}

TEST(DecodeFrame, W1_each_event_is_a_batch_of_its_own) {
  const auto sent = some_batch();
  const auto frames = frames_of(sent);
  ASSERT_EQ(frames.size(), sent.events.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const event_batch expected{sent.at, sent.epoch, {sent.events[i]}};
    EXPECT_EQ(must_decode_frame<topic_events>(frames[i]).batch(), expected) << frames[i];
  }
}

TEST(DecodeFrame, E10_the_place_in_the_stream_has_its_whole_range) {
  const event_batch sent{
      {"", "t"}, most, {{event_kind::message, most, {}, "c", body::json("0"), {}}}};
  EXPECT_EQ(must_decode_frame<topic_events>(frames_of(sent).front()).batch(), sent);
}

TEST(DecodeFrame, E14_a_snapshot_names_its_topic) {
  auto view = some_entries(view_reason::resync);
  view.topic = "room/1";
  EXPECT_EQ(must_decode_frame<entries_view>(frame_of(view)), view);
}

TEST(DecodeFrame, E4_a_lost_key_has_a_new_owner) {
  const entry_ended end{{"", "room/1"}, "k", 0, entry_end::taken_over, "bob"};
  EXPECT_EQ(must_decode_frame<entry_ended>(frame_of(end)), end);
}

TEST(DecodeFrame, C5_presence_is_decoded_either_way) {
  for (const auto state : {presence::connected, presence::absent}) {
    const client_presence change{"bob", state};
    EXPECT_EQ(must_decode_frame<client_presence>(frame_of(change)), change);
  }
  const auto two_errors = decode_frame(R"({"_orama":"client.presence"})");
  ASSERT_NE(two_errors.why(), nullptr);
  EXPECT_EQ(*two_errors.why(), (failure{errc::bad_frame, "connected is missing"}));
}

TEST(DecodeFrame, W6_goodbye_has_its_code_and_reason) {
  const auto taken =
      must_decode_frame<decoded_goodbye>(frame_of(goodbye{end_reason::taken_over, {}}));
  EXPECT_EQ(taken, (decoded_goodbye{close_code{4503}, "taken_over", errc::none}));
  const auto stopped =
      must_decode_frame<decoded_goodbye>(goodbye_frame(close_code{4001}, "shutdown"));
  EXPECT_EQ(stopped, (decoded_goodbye{close_code{4001}, "shutdown", errc::none}));
  EXPECT_TRUE(should_reconnect(stopped.code));
}

TEST(DecodeFrame, W6_goodbye_of_a_refused_connect_says_why) {
  const goodbye refused{end_reason::refused, errc::too_many_connections};
  const auto decoded = must_decode_frame<decoded_goodbye>(frame_of(refused));
  EXPECT_EQ(decoded, (decoded_goodbye{close_code{4003}, "refused", errc::too_many_connections}));
}

// --- N1: opaque values

body pack_decoded(const body& pack) {
  auto offer = some_offer();
  offer.pack = pack;
  return must_decode_frame<delivery>(frame_of(offer, unix_epoch)).notification.pack;
}

TEST(DecodeFrame, N1_packs_keep_every_digit_and_their_order) {
  for (const std::string pack :
       {"1.50", "-0", "1e400", "1E+2", "123456789012345678901234567890", "null", "true", R"("")",
        "[]", R"({"z":1.0,"a":[{}],"z":2})", "\"\xc3\xa9\xf0\x9f\x93\xae\"", R"("\u0000\n\"\\")"}) {
    EXPECT_EQ(pack_decoded(body::json(pack)), body::json(pack));
  }
}

TEST(DecodeFrame, N1_an_embedders_bytes_are_bytes_again) {
  for (const std::string_view bytes :
       {std::string_view{}, std::string_view{"hi"}, std::string_view{"\0\xff\xfe", 3}}) {
    EXPECT_EQ(pack_decoded(body::bytes(bytes)), body::bytes(bytes));
  }
}

TEST(DecodeFrame, N1_what_only_resembles_bytes_stays_json) {
  for (const std::string pack :
       {R"({"base64":"aGk"})", R"({"base64":"a-_="})", R"({"base64":"aGk=","x":1})",
        R"({"base64":"aGk=","base64":"aGk="})", R"({"base64":1})", R"({"base64":"}"})",
        R"({"Base64":"aGk="})", R"([{"base64":"aGk="}])", R"({"base64":"\"})\"}"})"}) {
    EXPECT_EQ(pack_decoded(body::json(pack)), body::json(pack)) << pack;
  }
}

TEST(DecodeFrame, N1_spaces_between_and_escapes_do_not_hide_bytes) {
  const auto decoded = must_decode_frame<topic_events>(
      R"( { "_orama" : "topic.message", "topic":"t", "client_id":"c", "seq":1, "epoch":1,
           "data" : { "base6\u0034" : "aG\u006b=" } } )");
  EXPECT_EQ(decoded.batch().events.front().payload, body::bytes("hi"));
}

/// A notification among others stands two levels deeper than the request that put it.
TEST(DecodeFrame, N1_the_deepest_pack_is_decoded_wherever_it_stands) {
  constexpr std::size_t deepest = 63; // 64 with the braces of its put
  auto view = waiting_view();
  view.pack = body::json(std::string(deepest, '[') + std::string(deepest, ']'));
  EXPECT_EQ(pack_decoded(view.pack), view.pack);
  const drain_view drained{0, {view}};
  const auto reply = must_decode_frame<decoded_reply>(good_reply(drained));
  EXPECT_EQ(answer_of(kind_of<drain_queue>, reply.fields), answer_value{drained});
  view.pack = body::trusted_json(std::string(deepest + 1, '[') + std::string(deepest + 1, ']'));
  EXPECT_EQ(error_of_decoding(good_reply(drain_view{0, {view}})), errc::bad_frame);
}

// --- W3: replies

TEST(DecodeFrame, W3_a_good_reply_has_its_id_and_fields) {
  const auto reply =
      must_decode_frame<decoded_reply>(good_reply(pending_view{0, 7, presence::absent}));
  EXPECT_EQ(reply.id, 7U);
  EXPECT_EQ(reply.why, failure{});
  EXPECT_EQ(reply.fields.number("pending"), 7);
}

TEST(DecodeFrame, W3_an_id_has_its_whole_range_and_must_be_a_count) {
  const auto id_decoded = [](const std::string& id) {
    return must_decode_frame<decoded_reply>(R"({"_orama":"reply","id":)" + id + R"(,"ok":true})")
        .id;
  };
  EXPECT_EQ(id_decoded("0"), 0U);
  EXPECT_EQ(id_decoded(std::to_string(most)), most);
  for (const std::string id : {"-1", "1.5", "1e3", R"("7")", "null", "18446744073709551616"}) {
    EXPECT_EQ(error_of_decoding(R"({"_orama":"reply","id":)" + id + R"(,"ok":true})"),
              errc::bad_frame);
  }
}

TEST(DecodeFrame, W3_a_refusal_says_why) {
  const auto reply = must_decode_frame<decoded_reply>(refused_reply());
  EXPECT_EQ(reply.id, 7U);
  EXPECT_EQ(reply.why, (failure{errc::payload_too_large, "pack has 65537 bytes"}));
}

TEST(DecodeFrame, W3_a_request_without_id_is_refused_without_one) {
  const auto reply = must_decode_frame<decoded_reply>(R"({"_orama":"reply",)" +
                                                      refusal({errc::bad_frame, {}}) + "}");
  EXPECT_EQ(reply.id, 0U);
  EXPECT_EQ(reply.why.code, errc::bad_frame);
}

TEST(DecodeFrame, S10_every_error_is_decoded_and_its_own_sentence_is_no_detail) {
  for (const auto& row : error_table()) {
    const failure plain{row.code, {}};
    EXPECT_EQ(must_decode_frame<decoded_reply>(reply_of(refusal(plain))).why, plain);
    const failure detailed{row.code, "\"so\" it is"};
    EXPECT_EQ(must_decode_frame<decoded_reply>(reply_of(refusal(detailed))).why, detailed);
  }
}

TEST(DecodeFrame, S10_an_error_is_known_by_its_number_and_an_unknown_one_is_internal) {
  const auto why = [](const std::string& number) {
    return must_decode_frame<decoded_reply>(
               reply_of(R"("ok":false,"error":{"code":"not_found","number":)" + number +
                        R"(,"message":"of tomorrow","retry":false})"))
        .why;
  };
  EXPECT_EQ(why("102"), (failure{errc::invalid_argument, "of tomorrow"}));
  for (const std::string number : {"0", "499", "65735", "18446744073709551615"})
    EXPECT_EQ(why(number), (failure{errc::internal, "of tomorrow"})) << number;
}

// --- what a newer broker may say

TEST(DecodeFrame, W1_unknown_frames_are_nothing) {
  for (const std::string type : {"notify.tomorrow", "", "Reply", "reply "}) {
    EXPECT_EQ(must_decode_frame<unknown_frame>(R"({"_orama":")" + type + R"(","seq":"x"})"),
              unknown_frame{});
  }
}

TEST(DecodeFrame, W1_unknown_members_and_another_order_do_no_harm) {
  const auto decoded = must_decode_frame<client_presence>(
      R"({"since_ms":{"a":[1]},"connected":true,"client":"bob","_orama":"client.presence"})");
  EXPECT_EQ(decoded, (client_presence{"bob", presence::connected}));
}

} // namespace
} // namespace restante::json
