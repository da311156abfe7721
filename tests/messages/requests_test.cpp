// Requests as a client encodes them and as the broker decodes them.

#include "restante/messages/json/decode.hpp"
#include "restante/messages/json/requests.hpp"
#include "restante/messages/json/writer.hpp"
#include "restante/tests/messages/samples.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace restante::json {
namespace {

using namespace std::chrono_literals;
using restante::samples::some_trace;

constexpr auto endless = duration::max();

request must_decode(const std::string& frame) {
  auto read = decode(frame);
  if (const auto* bad = read.why()) {
    ADD_FAILURE() << frame << ": " << bad->text();
    return {};
  }
  auto asked = std::move(*read);
  EXPECT_EQ(asked.wrong, failure{}) << frame;
  return asked;
}

/// The command that the broker decodes from a client's encoded command.
command decoded_as(const command& what) {
  const auto frame = request_frame("7", what);
  const auto asked = must_decode(frame);
  EXPECT_EQ(asked.id, "7") << frame;
  auto made = command_of(asked);
  if (const auto* bad = made.why()) {
    ADD_FAILURE() << frame << ": " << bad->text();
    return {};
  }
  return std::move(*made);
}

template <class Command>
Command decoded_as_it(const Command& what) {
  const auto decoded = decoded_as(what);
  const auto* same = std::get_if<Command>(&decoded);
  if (same == nullptr) {
    ADD_FAILURE() << request_frame("7", what) << " is another command";
    return {};
  }
  return *same;
}

trace_question question_in(std::string ns) {
  trace_question question;
  question.ns = std::move(ns);
  question.trace = some_trace();
  return question;
}

put_notification plain_put() {
  put_notification put;
  put.to = {"", "bob"};
  put.pack = body::json("1");
  return put;
}

put_notification full_put() {
  put_notification put;
  put.to = {"shop", "bob"};
  put.from = "ann";
  put.pack = body::json(R"({"z":1.50,"a":[1e400,-0]})");
  put.kind = notification_kind::suit;
  put.ttl = 60s;
  put.message_id = "m1";
  put.want = receipts::wanted;
  put.collapse_key = "k1";
  put.delay = 5s;
  put.at_cap = cap_policy::reject;
  return put;
}

/// One command of each kind, in the order of `command`, with every field that the wire can carry.
const std::vector<command>& one_of_each() {
  static const client_address bob{"shop", "bob"};
  static const topic_address room{"shop", "room/1"};
  static const std::vector<command> all{
      full_put(),
      put_many{{"bob", "", "\xc3\xa9\"\\\n"},
               [] {
                 auto each = full_put();
                 each.to.client.clear(); // the targets name the clients
                 return each;
               }()},
      get_status{question_in("shop")},
      record_reply{question_in("shop"), body::json(R"("at eight")")},
      await_reply{question_in("shop"), 5s},
      drain_queue{0, bob},
      get_pending{0, bob},
      purge_expired{0, "shop"},
      ack_notifications{0, {}, 0, {some_trace()}},
      set_entry{0, room, "key", {}, body::bytes(std::string_view{"\0\xff", 2}), 2s, 0},
      clear_entry{0, room, "key"},
      list_entries{0, room},
      subscribe_topic{0, room},
      unsubscribe_topic{0, room},
      publish_message{0, room, {}, body::json(R"({"b":1,"a":null})")},
      watch_client{0, bob},
      unwatch_client{0, bob},
      list_clients{0, {"b", "bob", 256, "shop"}},
      list_topics{0, {"room/", "room/1", 1, "shop"}},
  };
  return all;
}

// --- W3: what is said is what was meant
// ------------------------------------------------------------

TEST(Requests, W3_every_command_is_decoded_as_it_was_meant) {
  const auto& all = one_of_each();
  ASSERT_EQ(all.size(), std::variant_size_v<command>);
  for (std::size_t kind = 0; kind < all.size(); ++kind) {
    ASSERT_EQ(all[kind].index(), kind);
    EXPECT_TRUE(decoded_as(all[kind]) == all[kind]) << request_frame("7", all[kind]);
  }
}

TEST(Requests, W3_the_default_namespace_is_not_said) {
  for (auto what : one_of_each()) {
    struct without_namespace {
      void operator()(put_notification& x) const { x.to.ns.clear(); }
      void operator()(put_many& x) const { x.each.to.ns.clear(); }
      void operator()(get_status& x) const { x.question.ns.clear(); }
      void operator()(record_reply& x) const { x.question.ns.clear(); }
      void operator()(await_reply& x) const { x.question.ns.clear(); }
      void operator()(drain_queue& x) const { x.client.ns.clear(); }
      void operator()(get_pending& x) const { x.client.ns.clear(); }
      void operator()(purge_expired& x) const { x.ns.clear(); }
      void operator()(ack_notifications&) const {}
      void operator()(set_entry& x) const { x.at.ns.clear(); }
      void operator()(clear_entry& x) const { x.at.ns.clear(); }
      void operator()(list_entries& x) const { x.at.ns.clear(); }
      void operator()(subscribe_topic& x) const { x.at.ns.clear(); }
      void operator()(unsubscribe_topic& x) const { x.at.ns.clear(); }
      void operator()(publish_message& x) const { x.at.ns.clear(); }
      void operator()(watch_client& x) const { x.client.ns.clear(); }
      void operator()(unwatch_client& x) const { x.client.ns.clear(); }
      void operator()(list_clients& x) const { x.range.ns.clear(); }
      void operator()(list_topics& x) const { x.range.ns.clear(); }
    };
    std::visit(without_namespace{}, what);
    EXPECT_EQ(request_frame("", what).find(R"("ns")"), std::string::npos);
    EXPECT_TRUE(decoded_as(what) == what) << request_frame("7", what);
  }
}

TEST(Requests, W3_a_put_says_only_what_its_absence_does_not) {
  EXPECT_EQ(request_frame("1", plain_put()), R"({"op":"notify.put","id":1,"to":"bob","pack":1})");
  EXPECT_EQ(decoded_as_it(plain_put()), plain_put());
}

TEST(Requests, W3_a_put_says_everything_else) {
  EXPECT_EQ(request_frame("1", full_put()),
            R"({"op":"notify.put","id":1,"to":"bob","pack":{"z":1.50,"a":[1e400,-0]},)"
            R"("suit":true,"ttl_ms":60000,"delay_ms":5000,"from":"ann","message_id":"m1",)"
            R"("collapse_key":"k1","at_cap":"reject","receipts":true,"ns":"shop"})");
}

TEST(Requests, W3_without_an_id_there_is_no_such_member) {
  const auto frame = request_frame("", plain_put());
  EXPECT_EQ(frame, R"({"op":"notify.put","to":"bob","pack":1})");
  EXPECT_EQ(must_decode(frame).id, "");
  EXPECT_EQ(disconnect_frame(""), R"({"op":"disconnect"})");
}

TEST(Requests, W3_an_id_stands_as_it_is_given) {
  for (const std::string id : {"0", "18446744073709551615", R"("p-1")"}) {
    for (const auto& what : one_of_each())
      EXPECT_EQ(must_decode(request_frame(id, what)).id, id);
  }
}

/// The broker itself sets the asking client, the number and the route of a command.
TEST(Requests, W3_what_the_broker_knows_better_is_not_said) {
  auto put = full_put();
  put.op = 5;
  put.route = 6;
  put.by = identity::server;
  EXPECT_EQ(decoded_as_it(put), full_put());
  EXPECT_EQ(request_frame("1", set_entry{5, {"", "t"}, "k", "ann", {}, {}, 9}),
            R"({"op":"ephemeral.set","id":1,"topic":"t","key":"k"})");
  EXPECT_EQ(request_frame("1", publish_message{5, {"", "t"}, "ann", body::json("0")}),
            R"({"op":"topic.publish","id":1,"topic":"t","data":0})");
}

TEST(Requests, W3_the_target_of_each_counts_for_nothing) {
  put_many puts{{"bob"}, plain_put()};
  puts.each.to.client = "eve";
  EXPECT_EQ(request_frame("1", puts),
            R"({"op":"notify.put_many","id":1,"targets":["bob"],"pack":1})");
  puts.targets.clear();
  EXPECT_TRUE(decoded_as_it(puts).targets.empty());
}

TEST(Requests, N9_the_own_pending_names_nobody) {
  EXPECT_EQ(request_frame("1", get_pending{}), R"({"op":"notify.pending","id":1})");
  EXPECT_EQ(decoded_as_it(get_pending{}), get_pending{});
  const auto watch = request_frame("1", watch_client{});
  EXPECT_EQ(watch, R"({"op":"client.watch","id":1})");
  const auto refused = command_of(must_decode(watch));
  ASSERT_NE(refused.why(), nullptr);
  EXPECT_EQ(*refused.why(), (failure{errc::invalid_argument, "client is missing"}));
}

TEST(Requests, W3_a_list_of_everything_says_nothing_more) {
  EXPECT_EQ(request_frame("1", list_clients{}), R"({"op":"client.list","id":1})");
  EXPECT_EQ(request_frame("1", list_topics{}), R"({"op":"topic.list","id":1})");
  EXPECT_EQ(decoded_as_it(list_topics{}), list_topics{});
  EXPECT_EQ(request_frame("1", list_topics{5, {"a\"", "b", 7, "shop"}}),
            R"({"op":"topic.list","id":1,"prefix":"a\"","after":"b","limit":7,"ns":"shop"})");
}

/// A missing limit stays missing on the wire: the broker sets the default, not the client.
TEST(Requests, S8_a_limit_out_of_bounds_arrives_as_one) {
  for (const std::uint32_t limit : {0U, 257U, 4294967295U})
    EXPECT_EQ(decoded_as_it(list_topics{0, {"", "", limit, ""}}).range.limit, 0U);
  EXPECT_EQ(decoded_as_it(list_topics{0, {"", "", listed_max, ""}}).range.limit, listed_max);
}

// --- times
// -----------------------------------------------------------------------------------------

TEST(Requests, N2_a_ttl_is_rounded_up_so_that_it_is_never_the_default) {
  const auto decoded_ttl = [](duration ttl) {
    auto put = plain_put();
    put.ttl = ttl;
    return decoded_as_it(put).ttl;
  };
  EXPECT_EQ(decoded_ttl(1ns), 1ms);
  EXPECT_EQ(decoded_ttl(500us), 1ms);
  EXPECT_EQ(decoded_ttl(1ms), 1ms);
  EXPECT_EQ(decoded_ttl(1ms + 1ns), 2ms);
  EXPECT_EQ(decoded_ttl(endless), endless);
  EXPECT_EQ(decoded_ttl(0ns), 0ns);
}

TEST(Requests, N16_a_delay_is_rounded_up_so_that_nothing_comes_early) {
  const auto decoded_delay = [](duration delay) {
    auto put = plain_put();
    put.delay = delay;
    return decoded_as_it(put).delay;
  };
  EXPECT_EQ(decoded_delay(1ns), 1ms);
  EXPECT_EQ(decoded_delay(1ms), 1ms);
  EXPECT_EQ(decoded_delay(1ms + 1ns), 2ms);
  EXPECT_EQ(decoded_delay(endless), endless);
  EXPECT_EQ(decoded_delay(0ns), 0ns);
  EXPECT_EQ(decoded_delay(-1ns), 0ns);
}

TEST(Requests, N4_each_policy_at_the_cap_arrives_as_it_was_meant) {
  for (const auto policy : {cap_policy::standard, cap_policy::evict, cap_policy::reject}) {
    auto put = plain_put();
    put.at_cap = policy;
    EXPECT_EQ(decoded_as_it(put).at_cap, policy);
  }
}

TEST(Requests, N2_a_ttl_of_nothing_or_less_is_the_default_and_not_said) {
  auto put = plain_put();
  put.ttl = -1h;
  EXPECT_EQ(request_frame("1", put), request_frame("1", plain_put()));
  EXPECT_EQ(request_frame("1", set_entry{0, {"", "t"}, "k", {}, {}, -1ms, 0}),
            request_frame("1", set_entry{0, {"", "t"}, "k", {}, {}, 0ms, 0}));
}

TEST(Requests, E2_a_lease_is_rounded_up_likewise) {
  const set_entry set{0, {"", "t"}, "k", {}, {}, 500us, 0};
  EXPECT_EQ(decoded_as_it(set).ttl, 1ms);
}

TEST(Requests, N13_a_timeout_is_always_said) {
  const auto decoded_timeout = [](duration timeout) {
    return decoded_as_it(await_reply{question_in(""), timeout}).timeout;
  };
  EXPECT_EQ(decoded_timeout(0ns), 0ns);
  EXPECT_EQ(decoded_timeout(-3ms), -3ms);
  EXPECT_EQ(decoded_timeout(-1ns), 0ns);
  EXPECT_EQ(decoded_timeout(1ns), 1ms);
  EXPECT_EQ(decoded_timeout(endless), endless);
}

TEST(Requests, N2_the_shortest_and_the_longest_span_have_whole_milliseconds) {
  EXPECT_EQ(whole_ms_up(duration::min()), -9223372036854);
  EXPECT_EQ(whole_ms_up(endless), 9223372036855);
  EXPECT_EQ(whole_ms_up(endless - 1ms), 9223372036854);
}

// --- N1: opaque values
// -----------------------------------------------------------------------------

TEST(Requests, N1_packs_keep_every_digit_and_their_order) {
  for (const std::string pack :
       {"1.50", "-0", "1e400", "123456789012345678901234567890", "null", R"("")", "[]",
        R"({"z":1,"a":2,"z":3})", "\"\xc3\xa9\xf0\x9f\x93\xae\"", R"("\u0000\n\"\\")"}) {
    auto put = plain_put();
    put.pack = body::json(pack);
    EXPECT_EQ(decoded_as_it(put).pack, body::json(pack));
  }
}

/// The broker has no other form for bytes: it keeps the JSON, and the receiver decodes the bytes
/// from it.
TEST(Requests, N1_an_embedders_bytes_arrive_as_marked_base64) {
  auto put = plain_put();
  put.pack = body::bytes("hi");
  EXPECT_EQ(decoded_as_it(put).pack, body::json(R"({"base64":"aGk="})"));
  put.pack = body{};
  EXPECT_EQ(decoded_as_it(put).pack, body::json(R"({"base64":""})"));
  const record_reply reply{question_in(""), body::bytes("hi")};
  EXPECT_EQ(decoded_as_it(reply).value, body::json(R"({"base64":"aGk="})"));
}

TEST(Requests, W1_payloads_are_base64_of_any_bytes_and_absent_when_empty) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte)
    every_byte += static_cast<char>(byte);
  const set_entry set{0, {"", "t"}, "k", {}, body::bytes(every_byte), {}, 0};
  EXPECT_EQ(decoded_as_it(set), set);
  const set_entry empty{0, {"", "t"}, "k", {}, body{}, {}, 0};
  EXPECT_EQ(request_frame("", empty), R"({"op":"ephemeral.set","topic":"t","key":"k"})");
}

TEST(Requests, W1_names_are_escaped_where_json_needs_it) {
  const clear_entry clear{0, {"", "a\"b\\c\n\x01"}, std::string{"\0\xc3\xa9", 3}};
  EXPECT_EQ(decoded_as_it(clear), clear);
}

TEST(Requests, W5_invalid_utf8_is_replaced_and_harms_nothing) {
  const clear_entry clear{0, {"", "t"}, "\xff"};
  EXPECT_EQ(decoded_as_it(clear).key, "\xef\xbf\xbd");
}

// --- N11: acks
// -------------------------------------------------------------------------------------

TEST(Requests, N11_an_ack_asks_for_no_answer) {
  EXPECT_EQ(ack_frame(some_trace()),
            R"({"op":"notify.ack","trace":"00112233445566778899aabbccddeeff"})");
}

TEST(Requests, N11_a_frame_acknowledges_the_first_trace_only) {
  ack_notifications acks{3, {"", "ann"}, 4, {some_trace(), trace_id{1, 2}}};
  EXPECT_EQ(request_frame("1", acks),
            R"({"op":"notify.ack","id":1,"trace":"00112233445566778899aabbccddeeff"})");
  acks.traces.clear();
  EXPECT_EQ(decoded_as_it(acks).traces, std::vector{trace_id{}});
}

TEST(Requests, N3_a_trace_is_written_as_elsewhere) {
  for (const trace_id trace : {trace_id{}, trace_id{1, 0}, some_trace(), trace_id{~0ULL, ~0ULL}})
    EXPECT_NE(ack_frame(trace).find(to_string(trace)), std::string::npos);
}

// --- W4: connecting
// --------------------------------------------------------------------------------

connect_request decoded_connect_of(const connect_fields& fields) {
  const auto asked = must_decode(connect_frame("1", fields));
  EXPECT_EQ(asked.op, operation::connect);
  EXPECT_EQ(asked.ns, fields.ns);
  auto read = connect_of(asked);
  if (const auto* bad = read.why()) {
    ADD_FAILURE() << bad->text();
    return {};
  }
  return std::move(*read);
}

TEST(Requests, W4_connect_says_what_is_asked_for) {
  const connect_fields fields{"secret", "ann",    "shop",       ack_mode::automatic,
                              3,        1s + 1ns, some_trace(), connect_mode::attach};
  const auto decoded = decoded_connect_of(fields);
  EXPECT_EQ(decoded.token, "secret");
  EXPECT_EQ(decoded.client, "ann");
  EXPECT_EQ(decoded.acks, ack_mode::automatic);
  EXPECT_EQ(decoded.inflight, 3U);
  EXPECT_EQ(decoded.resume_window, 1001ms);
  EXPECT_EQ(decoded.resume_from, resume_target::token);
  EXPECT_EQ(decoded.resume, some_trace());
}

TEST(Requests, W4_connect_says_nothing_that_is_the_default) {
  EXPECT_EQ(connect_frame("1", {}), R"({"op":"connect","id":1,"ack":"explicit"})");
  const auto decoded = decoded_connect_of({});
  EXPECT_EQ(decoded.token, std::nullopt);
  EXPECT_EQ(decoded.client, std::nullopt);
  EXPECT_EQ(decoded.acks, ack_mode::explicit_by_peer);
  EXPECT_EQ(decoded.resume_from, resume_target::none);
}

TEST(Requests, W4_a_visitor_says_so) {
  connect_fields fields;
  fields.how = connect_mode::visit;
  EXPECT_EQ(connect_frame("1", fields), R"({"op":"connect","id":1,"ack":"explicit","visit":true})");
  EXPECT_EQ(decoded_connect_of(fields).how, connect_mode::visit);
  EXPECT_EQ(decoded_connect_of({}).how, connect_mode::attach);
}

TEST(Requests, W7_refresh_and_disconnect_are_known_operations) {
  const auto refresh = must_decode(refresh_frame("2", "fresh\"one"));
  EXPECT_EQ(refresh.op, operation::refresh);
  EXPECT_EQ(refresh.fields.text("token"), "fresh\"one");
  EXPECT_EQ(must_decode(disconnect_frame("3")).op, operation::disconnect);
}

} // namespace
} // namespace restante::json
