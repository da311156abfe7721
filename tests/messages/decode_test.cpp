// The broker's input: JSON is parsed safely, and commands are made from it.

#include "restante/messages/json/base64.hpp"
#include "restante/messages/json/decode.hpp"
#include "restante/messages/limits.hpp"

#include <gtest/gtest.h>

namespace restante::json {
namespace {

request must_decode(std::string_view text) {
  auto read = decode(text);
  if (auto* bad = read.why()) {
    ADD_FAILURE() << text << ": " << bad->text();
    return {};
  }
  return std::move(*read);
}

/// The error of decoding a frame or its fields; `none` when there is none.
failure error_in(std::string_view text) {
  const auto read = decode(text);
  if (const auto* bad = read.why())
    return *bad;
  const auto& asked = *read;
  if (asked.wrong.code != errc::none)
    return asked.wrong;
  const auto made = command_of(asked);
  const auto* bad = made.why();
  return bad != nullptr ? *bad : failure{};
}

template <class Command>
Command command_in(std::string_view text) {
  const auto asked = must_decode(text);
  const auto made = command_of(asked);
  if (const auto* bad = made.why()) {
    ADD_FAILURE() << text << ": " << bad->text();
    return {};
  }
  return std::get<Command>(*made);
}

std::string pack_of(std::string_view pack) {
  const auto text = R"({"op":"notify.put","to":"b","pack":)" + std::string{pack} + "}";
  return std::string{command_in<put_notification>(text).pack.view()};
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

// --- N1: opaque values
// -----------------------------------------------------------------------------

TEST(Decode, N1_members_keep_their_order_and_duplicates) {
  EXPECT_EQ(pack_of(R"({ "z" : 1, "a" : [ {} , [ ] , { "z" : null } ], "z" : true })"),
            R"({"z":1,"a":[{},[],{"z":null}],"z":true})");
}

TEST(Decode, N1_numbers_keep_their_digits) {
  for (const std::string number :
       {"0", "-0", "-0.0", "1.50", "1E+2", "1e-400", "0.1000000000000000055511151231257827",
        "18446744073709551615", "18446744073709551616", "-9223372036854775808",
        "-9223372036854775809", "123456789012345678901234567890", "1e400", "-5"}) {
    EXPECT_EQ(pack_of(number), number);
  }
  const std::string long_one(400, '7');
  EXPECT_EQ(pack_of(long_one), long_one);
}

TEST(Decode, W5_a_number_beyond_all_measure_is_a_bad_frame) {
  EXPECT_EQ(error_in(R"({"op":"notify.put","to":"b","pack":1e5000})").code, errc::bad_frame);
  EXPECT_EQ(error_in(R"({"op":"notify.put","to":"b","pack":)" + std::string(5000, '7') + "}").code,
            errc::bad_frame);
}

TEST(Decode, N1_scalars_are_packs_too) {
  EXPECT_EQ(pack_of("null"), "null");
  EXPECT_EQ(pack_of("true"), "true");
  EXPECT_EQ(pack_of(R"("")"), R"("")");
}

TEST(Decode, N1_strings_are_equal_as_json_values) {
  EXPECT_EQ(pack_of(R"("\u0041\/\u00e9\ud83d\udcee\n\"\\")"),
            "\"A/\xc3\xa9\xf0\x9f\x93\xae\\n\\\"\\\\\"");
  EXPECT_EQ(pack_of(R"({"\u0041":"\u0000"})"), R"({"A":"\u0000"})");
}

TEST(Decode, N1_data_and_reply_are_opaque_as_well) {
  const auto publish =
      command_in<publish_message>(R"({"op":"topic.publish","topic":"t","data":{"b":1.0,"a":2}})");
  EXPECT_EQ(publish.data, body::json(R"({"b":1.0,"a":2})"));
  const auto reply = command_in<record_reply>(
      R"({"op":"notify.reply","trace":"00112233445566778899aabbccddeeff","reply":null})");
  EXPECT_EQ(reply.value, body::json("null"));
}

// --- W5: bad frames
// --------------------------------------------------------------------------------

TEST(Decode, W5_what_is_no_json_is_a_bad_frame) {
  for (const auto* text : {"",
                           " ",
                           "{",
                           "}",
                           "{]",
                           R"({"op"})",
                           R"({"op":})",
                           R"({"op":"ping",})",
                           R"({'op':1})",
                           R"({"op":"ping"} x)",
                           R"({"op":"ping"}{"op":"ping"})",
                           R"({"op":01})",
                           R"({"op":+1})",
                           R"({"op":.5})",
                           R"({"op":NaN})",
                           R"({"op":"a)",
                           "{\"op\":\"a\nb\"}",
                           R"({"op":"\x"})",
                           R"({"op":"\ud800"})",
                           "/* */{}",
                           "nul"}) {
    EXPECT_EQ(error_in(text).code, errc::bad_frame) << text;
  }
}

TEST(Decode, W5_what_is_no_object_is_a_bad_frame) {
  for (const auto* text :
       {"[]", "1", "-1", "1.5", R"("text")", "null", "true", R"([{"op":"x"}])"}) {
    EXPECT_EQ(error_in(text).code, errc::bad_frame) << text;
    EXPECT_EQ(error_in(text).detail, "the frame is not an object") << text;
  }
}

TEST(Decode, W5_invalid_utf8_is_a_bad_frame) {
  for (const std::string bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xe2\x82", "\x80"}) {
    EXPECT_EQ(error_in(R"({"op":"ping","x":")" + bad + "\"}").code, errc::bad_frame);
    EXPECT_EQ(error_in(R"({"op":"ping",")" + bad + "\":1}").code, errc::bad_frame);
  }
}

TEST(Decode, W5_a_nul_does_not_hide_what_comes_behind_it) {
  const std::string nul(1, '\0');
  EXPECT_EQ(error_in(R"({"op":"ping"})" + nul).code, errc::bad_frame);
  EXPECT_EQ(error_in(R"({"op":"ping"})" + nul + "garbage").code, errc::bad_frame);
  EXPECT_EQ(error_in(R"({"op":"pi)" + nul + "ng\"}").code, errc::bad_frame);
}

TEST(Decode, W5_S8_nesting_is_allowed_up_to_64) {
  EXPECT_EQ(pack_of(nested(63)), nested(63)); // the frame's own braces are the 64th
  const auto text = R"({"op":"notify.put","to":"b","pack":)" + nested(64) + "}";
  EXPECT_EQ(error_in(text).code, errc::bad_frame);
  EXPECT_EQ(error_in(text).detail, "the frame is nested too deeply");
  EXPECT_EQ(error_in(R"({"ignored":)" + std::string(100'000, '[')).code, errc::bad_frame);
}

TEST(Decode, W5_S8_a_frame_has_at_most_a_mebibyte) {
  const auto frame = [](std::size_t size) {
    std::string text = R"({"op":"ping","x":""})";
    text.insert(text.size() - 2, std::string(size - text.size(), 'a'));
    return text;
  };
  EXPECT_TRUE(decode(frame(frame_bytes_max)).ok());
  EXPECT_EQ(error_in(frame(frame_bytes_max + 1)).code, errc::bad_frame);
  EXPECT_EQ(decode(frame(101), 100)->wrong.code, errc::bad_frame);
}

TEST(Decode, W5_no_truncated_or_changed_frame_does_harm) {
  const std::string whole = R"({"op":"notify.put","id":"a\u00e9","to":"b","pack":{"a":[1,-2.5e3,)"
                            R"(true,null,{"b":"c"}]},"suit":true,"ttl_ms":5,"as":"x"})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(error_in(std::string_view{whole}.substr(0, size)).code, errc::bad_frame);
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char c : {'\0', '"', '{', ']', '\\', '\xff', '9', ','}) {
      auto changed = whole;
      changed[at] = c;
      (void)error_in(changed); // any outcome is allowed, but nothing may throw
    }
  }
}

// --- W3: what every request has
// -----------------------------------------------------------------------

TEST(Decode, W3_id_comes_back_as_it_was_written) {
  EXPECT_EQ(must_decode(R"({"op":"ping","id":7})").id, "7");
  EXPECT_EQ(must_decode(R"({"op":"ping","id":1.50})").id, "1.50");
  EXPECT_EQ(must_decode(R"({"op":"ping","id":"p1"})").id, R"("p1")");
  EXPECT_EQ(must_decode(R"({"op":"ping"})").id, "");
}

TEST(Decode, W3_id_is_a_string_or_a_number) {
  for (const auto* id : {"null", "true", "[1]", "{}"}) {
    const auto asked = must_decode(R"({"op":"ping","id":)" + std::string{id} + "}");
    EXPECT_EQ(asked.wrong.code, errc::invalid_argument);
    EXPECT_EQ(asked.id, "");
  }
}

TEST(Decode, S10_101_an_unknown_op_keeps_its_id) {
  const auto asked = must_decode(R"({"op":"notify.shout","id":3})");
  EXPECT_EQ(asked.wrong.code, errc::unknown_op);
  EXPECT_EQ(asked.id, "3");
}

TEST(Decode, S10_102_op_is_a_string) {
  EXPECT_EQ(error_in("{}").code, errc::invalid_argument);
  EXPECT_EQ(error_in(R"({"op":5})").code, errc::invalid_argument);
}

TEST(Decode, W3_the_last_of_two_members_counts) {
  const auto asked = must_decode(R"({"op":"x","op":"ping","id":1,"id":"two"})");
  EXPECT_EQ(asked.op, operation::ping);
  EXPECT_EQ(asked.id, R"("two")");
}

TEST(Decode, W3_unknown_members_are_ignored) {
  EXPECT_EQ(must_decode(R"({"x":[1,{"op":"no"}],"op":"ping","y":"z"})").op, operation::ping);
}

TEST(Decode, W4_every_op_has_its_name) {
  for (std::size_t number = 1; number < operations_count; ++number) {
    const auto op = static_cast<operation>(number);
    EXPECT_NE(to_string(op), "unknown");
    EXPECT_EQ(operation_of(to_string(op)), op);
  }
  EXPECT_EQ(operation_of("unknown"), operation::unknown);
  EXPECT_EQ(operation_of(""), operation::unknown);
}

TEST(Decode, S8_ns_is_bounded_like_an_id) {
  const auto with_ns = [](std::size_t size) {
    return R"({"op":"notify.purge","ns":")" + std::string(size, 'n') + "\"}";
  };
  EXPECT_EQ(error_in(with_ns(0)).code, errc::none);
  EXPECT_EQ(error_in(with_ns(256)).code, errc::none);
  EXPECT_EQ(error_in(with_ns(257)).code, errc::invalid_argument);
}

// --- fields
// ------------------------------------------------------------------------------------------

duration ttl_of(const std::string& number) {
  return command_in<put_notification>(R"({"op":"notify.put","to":"b","pack":1,"ttl_ms":)" + number +
                                      "}")
      .ttl;
}

TEST(Decode, N2_a_ttl_saturates) {
  using std::chrono::milliseconds;
  EXPECT_EQ(ttl_of("0"), duration{0});
  EXPECT_EQ(ttl_of("-5"), milliseconds{-5});
  EXPECT_EQ(ttl_of("1500"), milliseconds{1500});
  EXPECT_EQ(ttl_of("2.0"), milliseconds{2});
  EXPECT_EQ(ttl_of("1.5e3"), milliseconds{1500});
  EXPECT_EQ(ttl_of("-0.0"), milliseconds{0});
  for (const auto* enormous : {"1e30", "1e400", "9223372036854775807", "9223372036854775808",
                               "99999999999999999999999999", "9223372036854775808.0"}) {
    EXPECT_EQ(ttl_of(enormous), duration::max()) << enormous;
  }
  for (const auto* enormous : {"-1e30", "-9223372036854775809", "-1e400"}) {
    EXPECT_LT(ttl_of(enormous), duration::min() + milliseconds{1}) << enormous;
  }
}

TEST(Decode, S10_102_a_fraction_is_no_ttl) {
  for (const auto* number : {"1.5", "0.1", "1e-3", "1e-400", "1e-5000", R"("5")", "null", "true"}) {
    const auto text = R"({"op":"notify.put","to":"b","pack":1,"ttl_ms":)" + std::string{number};
    EXPECT_EQ(error_in(text + "}").code, errc::invalid_argument) << number;
  }
}

TEST(Decode, N1_put_has_these_fields) {
  const auto put = command_in<put_notification>(
      R"({"op":"notify.put","ns":"shop","to":"bob","pack":{"text":"hi"},"suit":true,)"
      R"("ttl_ms":9,"from":"desk","message_id":"m1","receipts":true,"collapse_key":"k1",)"
      R"("delay_ms":5,"at_cap":"reject"})");
  EXPECT_EQ(put.to, (client_address{"shop", "bob"}));
  EXPECT_EQ(put.pack, body::json(R"({"text":"hi"})"));
  EXPECT_EQ(put.kind, notification_kind::suit);
  EXPECT_EQ(put.ttl, std::chrono::milliseconds{9});
  EXPECT_EQ(put.from, "desk");
  EXPECT_EQ(put.message_id, "m1");
  EXPECT_EQ(put.want, receipts::wanted);
  EXPECT_EQ(put.collapse_key, "k1");
  EXPECT_EQ(put.delay, std::chrono::milliseconds{5});
  EXPECT_EQ(put.at_cap, cap_policy::reject);

  const auto bare = command_in<put_notification>(R"({"op":"notify.put","to":"b","pack":1})");
  EXPECT_EQ(bare.kind, notification_kind::plain);
  EXPECT_EQ(bare.want, receipts::none);
  EXPECT_EQ(bare.from, "");
  EXPECT_EQ(bare.ttl, duration{0});
  EXPECT_EQ(bare.collapse_key, "");
  EXPECT_EQ(bare.delay, duration{0});
  EXPECT_EQ(bare.at_cap, cap_policy::standard);
}

TEST(Decode, N17_put_many_has_the_fields_of_a_put) {
  const auto puts = command_in<put_many>(
      R"({"op":"notify.put_many","targets":["b"],"pack":1,"collapse_key":"k1","delay_ms":5,)"
      R"("at_cap":"evict"})");
  EXPECT_EQ(puts.each.collapse_key, "k1");
  EXPECT_EQ(puts.each.delay, std::chrono::milliseconds{5});
  EXPECT_EQ(puts.each.at_cap, cap_policy::evict);
}

TEST(Decode, N16_a_delay_is_saturated_like_a_ttl) {
  const auto delay_of = [](const std::string& number) {
    return command_in<put_notification>(R"({"op":"notify.put","to":"b","pack":1,"delay_ms":)" +
                                        number + "}")
        .delay;
  };
  EXPECT_EQ(delay_of("0"), duration{0});
  EXPECT_EQ(delay_of("-3"), -std::chrono::milliseconds{3});
  EXPECT_EQ(delay_of("2.0"), std::chrono::milliseconds{2});
  EXPECT_GT(delay_of("1e30"), duration::max() - std::chrono::milliseconds{1});
}

TEST(Decode, S10_102_fields_missing_or_of_the_wrong_type) {
  for (const auto* text : {
           R"({"op":"notify.put","pack":1})",
           R"({"op":"notify.put","to":"b"})",
           R"({"op":"notify.put","to":5,"pack":1})",
           R"({"op":"notify.put","to":"b","pack":1,"suit":1})",
           R"({"op":"notify.put","to":"b","pack":1,"suit":"true"})",
           R"({"op":"notify.put","to":"b","pack":1,"receipts":null})",
           R"({"op":"notify.put","to":"b","pack":1,"from":""})",
           R"({"op":"notify.put","to":"b","pack":1,"from":[]})",
           R"({"op":"notify.put","to":"b","pack":1,"message_id":""})",
           R"({"op":"notify.put","to":"b","pack":1,"collapse_key":""})",
           R"({"op":"notify.put","to":"b","pack":1,"collapse_key":1})",
           R"({"op":"notify.put","to":"b","pack":1,"delay_ms":1.5})",
           R"({"op":"notify.put","to":"b","pack":1,"delay_ms":"5"})",
           R"({"op":"notify.put","to":"b","pack":1,"at_cap":"standard"})",
           R"({"op":"notify.put","to":"b","pack":1,"at_cap":""})",
           R"({"op":"notify.put","to":"b","pack":1,"at_cap":true})",
           R"({"op":"notify.put_many","targets":["b"],"pack":1,"at_cap":"drop"})",
           R"({"op":"notify.put","to":"b","pack":1,"as":1})",
           R"({"op":"notify.put","to":"b","pack":1,"ns":1})",
           R"({"op":"notify.put_many","pack":1})",
           R"({"op":"notify.put_many","targets":"b","pack":1})",
           R"({"op":"notify.put_many","targets":["b",1],"pack":1})",
           R"({"op":"notify.drain"})",
           R"({"op":"notify.ack"})",
           R"({"op":"notify.status"})",
           R"({"op":"notify.status","trace":7})",
           R"({"op":"notify.status","trace":""})",
           R"({"op":"notify.reply","trace":"x"})",
           R"({"op":"notify.await","trace":"x"})",
           R"({"op":"notify.await","trace":"x","timeout_ms":"1"})",
           R"({"op":"notify.pending","client":1})",
           R"({"op":"ephemeral.set","topic":"t"})",
           R"({"op":"ephemeral.set","key":"k"})",
           R"({"op":"ephemeral.clear","topic":"t"})",
           R"({"op":"ephemeral.list"})",
           R"({"op":"topic.subscribe","topic":[]})",
           R"({"op":"topic.unsubscribe"})",
           R"({"op":"topic.publish","topic":"t"})",
           R"({"op":"client.watch"})",
           R"({"op":"client.unwatch","client":{}})",
           R"({"op":"client.list","prefix":1})",
           R"({"op":"client.list","after":null})",
           R"({"op":"topic.list","limit":"1"})",
           R"({"op":"topic.list","limit":1.5})",
       }) {
    EXPECT_EQ(error_in(text).code, errc::invalid_argument) << text;
    EXPECT_FALSE(error_in(text).detail.empty()) << text;
  }
}

TEST(Decode, S8_lists_have_a_range_and_64_entries_unless_told_otherwise) {
  EXPECT_EQ(command_in<list_clients>(R"({"op":"client.list"})"),
            (list_clients{0, {"", "", 64, ""}}));
  EXPECT_EQ(command_in<list_topics>(
                R"({"op":"topic.list","prefix":"a","after":"ab","limit":256,"ns":"n"})"),
            (list_topics{0, {"a", "ab", 256, "n"}}));
  const auto limit_of = [](const std::string& number) {
    return command_in<list_topics>(R"({"op":"topic.list","limit":)" + number + "}").range.limit;
  };
  EXPECT_EQ(limit_of("1"), 1U);
  EXPECT_EQ(limit_of("2.0"), 2U);
  for (const auto* number : {"0", "-1", "257", "4294967297", "1e30"}) // the broker refuses these
    EXPECT_EQ(limit_of(number), 0U) << number;
}

TEST(Decode, N17_put_many_lists_its_targets) {
  const auto many = command_in<put_many>(
      R"({"op":"notify.put_many","targets":["a","","b\n"],"pack":1,"suit":true})");
  EXPECT_EQ(many.targets, (std::vector<std::string>{"a", "", "b\n"}));
  EXPECT_EQ(many.each.kind, notification_kind::suit);
  EXPECT_TRUE(
      command_in<put_many>(R"({"op":"notify.put_many","targets":[],"pack":1})").targets.empty());
}

TEST(Decode, S10_200_a_malformed_trace_is_one_that_nothing_has) {
  for (const std::string trace : {"x", "00112233445566778899AABBCCDDEEFF", "00"}) {
    const auto status =
        command_in<get_status>(R"({"op":"notify.status","trace":")" + trace + "\"}");
    EXPECT_FALSE(status.question.trace);
  }
}

TEST(Decode, N6_a_question_names_trace_and_namespace) {
  const auto await = command_in<await_reply>(
      R"({"op":"notify.await","ns":"shop","trace":"00112233445566778899aabbccddeeff",)"
      R"("timeout_ms":1e30})");
  EXPECT_EQ(to_string(await.question.trace), "00112233445566778899aabbccddeeff");
  EXPECT_EQ(await.question.ns, "shop");
  EXPECT_EQ(await.timeout, duration::max());
}

TEST(Decode, N9_pending_may_leave_the_client_out) {
  EXPECT_EQ(command_in<get_pending>(R"({"op":"notify.pending"})").client.client, "");
  EXPECT_EQ(command_in<get_pending>(R"({"op":"notify.pending","client":"b"})").client.client, "b");
}

TEST(Decode, E1_set_decodes_its_payload) {
  const auto set = command_in<set_entry>(
      R"({"op":"ephemeral.set","ns":"n","topic":"t","key":"k","payload":"aGVsbG8=","ttl_ms":5})");
  EXPECT_EQ(set.at, (topic_address{"n", "t"}));
  EXPECT_EQ(set.key, "k");
  EXPECT_EQ(set.payload, body::bytes("hello"));
  EXPECT_EQ(set.ttl, std::chrono::milliseconds{5});
  EXPECT_TRUE(
      command_in<set_entry>(R"({"op":"ephemeral.set","topic":"t","key":"k"})").payload.empty());
}

TEST(Decode, W5_base64_is_standard_and_padded) {
  for (const auto* good : {"", "YQ==", "YWI=", "YWJj", "+/+/"}) {
    const auto bytes = bytes_of(good);
    ASSERT_TRUE(bytes) << good;
    EXPECT_EQ(base64_of(*bytes), good);
  }
  for (const auto* bad : {"Y", "YQ", "YQ=", "YQ===", "YWI", "YR==", "YWJ=", "-_-_", "YW Jj",
                          "YWJj\n", "=", "====", "YQ==YQ=="}) {
    EXPECT_FALSE(bytes_of(bad)) << bad;
    const auto text = R"({"op":"ephemeral.set","topic":"t","key":"k","payload":")";
    if (std::string_view{bad}.find('\n') != std::string_view::npos)
      continue;
    EXPECT_EQ(error_in(text + std::string{bad} + "\"}").code, errc::invalid_argument) << bad;
  }
}

TEST(Decode, W5_base64_has_no_digit_beyond_ascii) {
  for (int byte = 0x80; byte <= 0xff; ++byte) {
    const std::string digits(4, static_cast<char>(byte));
    EXPECT_EQ(bytes_of(digits), std::nullopt) << byte;
  }
}

TEST(Decode, S8_the_id_of_a_request_has_at_most_256_bytes) {
  const auto asked = [](std::size_t digits) {
    return must_decode(R"({"op":"ping","id":)" + std::string(digits, '7') + "}");
  };
  EXPECT_EQ(asked(256).wrong.code, errc::none);
  EXPECT_EQ(asked(257).wrong.code, errc::invalid_argument);
}

TEST(Decode, W5_base64_round_trips_every_byte_at_every_length) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte)
    all += static_cast<char>(byte);
  for (std::size_t size = 0; size <= all.size(); ++size) {
    const auto bytes = all.substr(all.size() - size);
    EXPECT_EQ(bytes_of(base64_of(bytes)), bytes);
  }
}

TEST(Decode, S10_202_these_ops_need_a_client) {
  EXPECT_TRUE(needs_client(operation_for<set_entry>));
  EXPECT_TRUE(needs_client(operation_for<ack_notifications>));
  EXPECT_TRUE(needs_client(operation_for<watch_client>));
  EXPECT_FALSE(needs_client(operation_for<list_entries>));
  EXPECT_FALSE(needs_client(operation_for<list_clients>));
  EXPECT_FALSE(needs_client(operation_for<list_topics>));
  EXPECT_FALSE(needs_client(operation_for<put_notification>));
  EXPECT_FALSE(needs_client(operation_for<drain_queue>));
}

// --- connect and the script's own
// ----------------------------------------------------------------------

connect_request connect_in(const std::string& more) {
  const auto made = connect_of(must_decode(R"({"op":"connect")" + more + "}"));
  if (const auto* bad = made.why()) {
    ADD_FAILURE() << more << ": " << bad->text();
    return {};
  }
  return *made;
}

bool refuses_connect(const std::string& more) {
  const auto made = connect_of(must_decode(R"({"op":"connect")" + more + "}"));
  const auto* bad = made.why();
  return bad != nullptr && bad->code == errc::invalid_argument;
}

TEST(Decode, W4_connect_has_these_fields) {
  const auto all = connect_in(R"(,"client":"a","token":"t","ack":"explicit","max_inflight":3,)"
                              R"("resume_window_ms":1000)");
  EXPECT_EQ(all.client, "a");
  EXPECT_EQ(all.token, "t");
  EXPECT_EQ(all.acks, ack_mode::explicit_by_peer);
  EXPECT_EQ(all.inflight, 3U);
  EXPECT_EQ(all.resume_window, std::chrono::seconds{1});
  EXPECT_EQ(all.resume_from, resume_target::none);

  const auto bare = connect_in("");
  EXPECT_FALSE(bare.client);
  EXPECT_FALSE(bare.acks);
  EXPECT_EQ(bare.inflight, inflight_max);
  EXPECT_EQ(bare.resume_window, duration{0});
  EXPECT_EQ(connect_in(R"(,"ack":"auto")").acks, ack_mode::automatic);
}

TEST(Decode, S8_connect_clamps_its_numbers) {
  EXPECT_EQ(connect_in(R"(,"max_inflight":64)").inflight, 64U);
  EXPECT_EQ(connect_in(R"(,"max_inflight":65)").inflight, 64U);
  EXPECT_EQ(connect_in(R"(,"max_inflight":1e30)").inflight, 64U);
  EXPECT_EQ(connect_in(R"(,"resume_window_ms":-1)").resume_window, duration{0});
  EXPECT_EQ(connect_in(R"(,"resume_window_ms":300001)").resume_window, resume_window_max);
}

TEST(Decode, S10_102_connect_refuses_nonsense) {
  EXPECT_TRUE(refuses_connect(R"(,"max_inflight":0)"));
  EXPECT_TRUE(refuses_connect(R"(,"max_inflight":1.5)"));
  EXPECT_TRUE(refuses_connect(R"(,"ack":"maybe")"));
  EXPECT_TRUE(refuses_connect(R"(,"ack":true)"));
  EXPECT_TRUE(refuses_connect(R"(,"resume":1)"));
  EXPECT_TRUE(refuses_connect(R"(,"client":1)"));
}

TEST(Decode, C4_resume_takes_a_token_or_the_last_one) {
  EXPECT_EQ(connect_in(R"(,"resume":true)").resume_from, resume_target::last);
  EXPECT_EQ(connect_in(R"(,"resume":false)").resume_from, resume_target::none);
  const auto named = connect_in(R"(,"resume":"00112233445566778899aabbccddeeff")");
  EXPECT_EQ(named.resume_from, resume_target::token);
  EXPECT_EQ(to_string(named.resume), "00112233445566778899aabbccddeeff");
  EXPECT_FALSE(connect_in(R"(,"resume":"forged")").resume);
}

TEST(Decode, T1_advance_takes_whole_milliseconds) {
  const auto pause = [](const std::string& ms) {
    return pause_of(must_decode(R"({"op":"advance","ms":)" + ms + "}"));
  };
  EXPECT_EQ(*pause("1500"), std::chrono::milliseconds{1500});
  EXPECT_EQ(*pause("0"), duration{0});
  EXPECT_EQ(pause("-1").error().code, errc::invalid_argument);
  EXPECT_EQ(pause("0.5").error().code, errc::invalid_argument);
}

TEST(Decode, S10_102_disconnect_names_a_client) {
  EXPECT_EQ(*client_of(must_decode(R"({"op":"cut","client":"a"})")), "a");
  for (const auto* text : {R"({"op":"cut"})", R"({"op":"cut","client":""})"}) {
    EXPECT_EQ(client_of(must_decode(text)).error().code, errc::invalid_argument);
  }
}

} // namespace
} // namespace restante::json
