// The broker's frames, compared byte by byte.

#include "restante/messages/json/frames.hpp"
#include "restante/tests/messages/samples.hpp"

#include <gtest/gtest.h>

namespace restante::json {
namespace {

using restante::samples::after_ms;
using restante::samples::some_trace;
using restante::samples::start;

event_batch batch_of(topic_event event) {
  return {{"shop", "room/1"}, 77, {std::move(event)}};
}

std::string only_frame(topic_event event) {
  const auto frames = frames_of(batch_of(std::move(event)));
  return frames.size() == 1 ? frames.front() : "not one frame";
}

TEST(Frames, W1_set_has_these_names_in_this_order) {
  EXPECT_EQ(only_frame({event_kind::set, 5, "typing", "ann", body::bytes("hello"), {}}),
            R"({"_orama":"ephemeral.set","topic":"room/1","key":"typing","client_id":"ann",)"
            R"("payload":"aGVsbG8=","seq":5,"epoch":77})");
}

TEST(Frames, W1_set_without_payload_has_no_such_member) {
  EXPECT_EQ(only_frame({event_kind::set, 1, "typing", "ann", body{}, {}}),
            R"({"_orama":"ephemeral.set","topic":"room/1","key":"typing","client_id":"ann",)"
            R"("seq":1,"epoch":77})");
}

TEST(Frames, W1_clear_names_its_reason) {
  const auto clear = [](clear_reason why) {
    return only_frame({event_kind::clear, 9, "typing", "ann", body{}, why});
  };
  const auto expected = [](const std::string& why) {
    return R"({"_orama":"ephemeral.clear","topic":"room/1","key":"typing","client_id":"ann",)"
           R"("reason":")" +
           why + R"(","seq":9,"epoch":77})";
  };
  EXPECT_EQ(clear(clear_reason::explicit_clear), expected("explicit"));
  EXPECT_EQ(clear(clear_reason::disconnect), expected("disconnect"));
  EXPECT_EQ(clear(clear_reason::expired), expected("expired"));
}

TEST(Frames, W1_payload_is_padded_base64_of_any_bytes) {
  const auto payload_of = [](std::string_view bytes) {
    const auto frame = only_frame({event_kind::set, 1, "k", "c", body::bytes(bytes), {}});
    const auto from = frame.find(R"("payload":")") + 11;
    return frame.substr(from, frame.find('"', from) - from);
  };
  EXPECT_EQ(payload_of("a"), "YQ==");
  EXPECT_EQ(payload_of("ab"), "YWI=");
  EXPECT_EQ(payload_of("abc"), "YWJj");
  EXPECT_EQ(payload_of(std::string_view{"\0\xff\xfe", 3}), "AP/+");
}

TEST(Frames, E16_message_carries_its_data_as_json) {
  EXPECT_EQ(only_frame({event_kind::message, 2, {}, "ann", body::json(R"({"b":1,"a":[]})"), {}}),
            R"({"_orama":"topic.message","topic":"room/1","client_id":"ann",)"
            R"("data":{"b":1,"a":[]},"seq":2,"epoch":77})");
}

TEST(Frames, E10_a_batch_has_one_frame_for_each_event_in_order) {
  event_batch batch{{"", "t"}, 3, {}};
  batch.events.push_back({event_kind::set, 1, "k", "c", body{}, {}});
  batch.events.push_back({event_kind::clear, 2, "k", "c", body{}, clear_reason::expired});
  const auto frames = frames_of(batch);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_NE(frames[0].find(R"("seq":1)"), std::string::npos);
  EXPECT_NE(frames[1].find(R"("seq":2)"), std::string::npos);
  EXPECT_TRUE(frames_of({}).empty());
}

TEST(Frames, E15_subscribers_and_hook_share_one_text) {
  const topic_events events{batch_of({event_kind::set, 1, "k", "c", body{}, {}})};
  const auto copy = events;
  EXPECT_EQ(&events.frames(frames_of), &copy.frames(frames_of));
}

TEST(Frames, W1_strings_are_escaped_where_json_needs_it) {
  event_batch batch{{"", "a\"b\\c\n\x01"}, 1, {{event_kind::clear, 1, "\xc3\xa9", "c", {}, {}}}};
  EXPECT_EQ(frames_of(batch).front(),
            R"({"_orama":"ephemeral.clear","topic":"a\"b\\c\n\u0001","key":")"
            "\xc3\xa9"
            R"(","client_id":"c","reason":"explicit","seq":1,"epoch":1})");
}

TEST(Frames, W5_invalid_utf8_of_an_embedder_is_replaced_and_does_not_throw) {
  event_batch batch{{"", "t"}, 1, {{event_kind::clear, 1, "\xff", "c", {}, {}}}};
  EXPECT_EQ(frames_of(batch).front(),
            "{\"_orama\":\"ephemeral.clear\",\"topic\":\"t\",\"key\":\"\xef\xbf\xbd\","
            R"("client_id":"c","reason":"explicit","seq":1,"epoch":1})");
}

TEST(Frames, N10_deliver_has_times_relative_to_zero) {
  const offered_notification offer{
      some_trace(),   "ann", body::json("[1,2]"), notification_kind::suit, after_ms(5),
      after_ms(1005), 2};
  EXPECT_EQ(frame_of(offer, start),
            R"({"_orama":"notify.deliver","trace":"00112233445566778899aabbccddeeff",)"
            R"("from":"ann","pack":[1,2],"suit":true,"created_at_ms":5,"expires_at_ms":1005,)"
            R"("attempts":2})");
  EXPECT_NE(frame_of(offer, instant{}).find(R"("created_at_ms":1700000000005,)"),
            std::string::npos);
}

TEST(Frames, N10_times_are_rounded_down_also_before_zero) {
  offered_notification offer;
  offer.created_at = start + duration{-1};
  offer.expires_at = start + duration{1'999'999};
  const auto frame = frame_of(offer, start);
  EXPECT_NE(frame.find(R"("created_at_ms":-1,"expires_at_ms":1,)"), std::string::npos) << frame;
}

TEST(Frames, N1_bytes_of_an_embedder_are_marked_as_base64) {
  offered_notification offer;
  offer.pack = body::bytes("hi");
  EXPECT_NE(frame_of(offer, start).find(R"("pack":{"base64":"aGk="},)"), std::string::npos);
  offer.pack = body{};
  EXPECT_NE(frame_of(offer, start).find(R"("pack":{"base64":""},)"), std::string::npos);
}

TEST(Frames, N12_receipt_names_the_step) {
  const notification_step step{
      {"", "ann"}, "bob", some_trace(), notification_state::evicted, after_ms(7)};
  EXPECT_EQ(frame_of(step, start),
            R"({"_orama":"notify.receipt","trace":"00112233445566778899aabbccddeeff",)"
            R"("to":"bob","state":"evicted","at_ms":7})");
}

TEST(Frames, E14_snapshot_lists_entries_and_its_place_in_the_stream) {
  entries_view view;
  view.topic = "room/1";
  view.entries.push_back({"a", "ann", body::bytes("x"), duration{1'999'999}});
  view.entries.push_back({"b", "bob", body{}, duration{0}});
  view.epoch = 8;
  view.seq = 4;
  EXPECT_EQ(frame_of(view),
            R"({"_orama":"ephemeral.snapshot","topic":"room/1","entries":[)"
            R"({"key":"a","client_id":"ann","payload":"eA==","expires_in_ms":1},)"
            R"({"key":"b","client_id":"bob","expires_in_ms":0}],"epoch":8,"seq":4})");
}

TEST(Frames, E4_lost_names_the_new_owner) {
  EXPECT_EQ(frame_of(entry_ended{{"", "room/1"}, "k", 3, entry_end::taken_over, "bob"}),
            R"({"_orama":"ephemeral.lost","topic":"room/1","key":"k","client_id":"bob"})");
}

TEST(Frames, C5_presence_says_whether_a_client_is_there) {
  EXPECT_EQ(frame_of(client_presence{"bob", presence::connected}),
            R"({"_orama":"client.presence","client":"bob","connected":true})");
  EXPECT_EQ(frame_of(client_presence{"bob", presence::absent}),
            R"({"_orama":"client.presence","client":"bob","connected":false})");
}

std::vector<std::string> all_frames(const push& what) {
  std::vector<std::string> frames;
  for_each_frame(what, start, [&frames](const std::string& frame) { frames.push_back(frame); });
  return frames;
}

TEST(Frames, W4_each_push_has_its_frames) {
  const notification_step step{
      {"shop", "ann"}, "bob", some_trace(), notification_state::delivered, after_ms(1)};
  EXPECT_EQ(all_frames(push{step}), std::vector{frame_of(step, start)});
  const client_presence here{"bob", presence::connected};
  EXPECT_EQ(all_frames(push{here}), std::vector{frame_of(here)});
  delivery offered;
  offered.notification.trace = some_trace();
  offered.notification.created_at = after_ms(5);
  EXPECT_EQ(all_frames(push{offered}), std::vector{frame_of(offered.notification, start)});
  auto batch = batch_of({event_kind::set, 5, "typing", "ann", body::bytes("hello"), {}});
  batch.events.push_back({event_kind::clear, 6, "typing", "ann", body{}, clear_reason::expired});
  EXPECT_EQ(all_frames(push{topic_events{batch}}), frames_of(batch));
  EXPECT_EQ(all_frames(push{topic_events{batch}}).size(), 2U);
}

TEST(Frames, W6_goodbye_says_whether_to_come_again) {
  EXPECT_EQ(frame_of(goodbye{end_reason::taken_over, errc::none}),
            R"({"_orama":"goodbye","code":4503,"reason":"taken_over","reconnect":false})");
  EXPECT_EQ(frame_of(goodbye{end_reason::shutdown, errc::none}),
            R"({"_orama":"goodbye","code":4001,"reason":"shutdown","reconnect":true})");
}

TEST(Frames, W6_goodbye_of_a_refused_connect_carries_the_error) {
  EXPECT_NE(frame_of(goodbye{end_reason::refused, errc::too_many_connections})
                .find(R"("error":{"code":"too_many_connections","number":403,)"),
            std::string::npos);
}

} // namespace
} // namespace restante::json
