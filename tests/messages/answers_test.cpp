// The answers of operations, compared byte by byte, and the table of errors.

#include "restante/messages/json/answers.hpp"
#include "restante/tests/messages/samples.hpp"

#include <gtest/gtest.h>

#include <set>

namespace restante::json {
namespace {

using restante::samples::after_ms;
using restante::samples::some_receipt;
using restante::samples::some_trace;
using restante::samples::start;
trace_id other_trace() {
  return *trace_of("ffffffffffffffff0000000000000001");
}

TEST(Answers, N1_put_answers_trace_and_times) {
  EXPECT_EQ(fields_of(some_receipt(after_ms(1), after_ms(2)), start),
            R"("trace":"00112233445566778899aabbccddeeff","created_at_ms":1,"expires_at_ms":2,)"
            R"("accepted":"memory")");
}

TEST(Answers, D1_put_says_where_it_is_kept) {
  auto receipt = some_receipt(start, start);
  receipt.accepted = kept_in::disk;
  EXPECT_EQ(fields_of(receipt, start),
            R"("trace":"00112233445566778899aabbccddeeff","created_at_ms":0,"expires_at_ms":0,)"
            R"("accepted":"disk")");
}

TEST(Answers, N15_put_names_what_it_took_the_place_of) {
  auto receipt = some_receipt(start, start);
  receipt.collapsed = other_trace();
  EXPECT_EQ(fields_of(receipt, start),
            R"("trace":"00112233445566778899aabbccddeeff","created_at_ms":0,"expires_at_ms":0,)"
            R"("accepted":"memory","collapsed":"ffffffffffffffff0000000000000001")");
}

TEST(Answers, N14_put_says_that_it_is_a_duplicate) {
  auto receipt = some_receipt(start, start);
  receipt.result = put_result::duplicate;
  EXPECT_EQ(fields_of(receipt, start),
            R"("trace":"00112233445566778899aabbccddeeff","created_at_ms":0,"expires_at_ms":0,)"
            R"("accepted":"memory","duplicate":true)");
}

TEST(Answers, N4_put_names_what_was_evicted_for_it) {
  auto receipt = some_receipt(start, start);
  receipt.evicted = other_trace();
  EXPECT_EQ(fields_of(receipt, start),
            R"("trace":"00112233445566778899aabbccddeeff","created_at_ms":0,"expires_at_ms":0,)"
            R"("accepted":"memory","evicted":"ffffffffffffffff0000000000000001")");
}

TEST(Answers, N17_put_many_has_one_outcome_for_each_target) {
  put_many_receipt receipt;
  receipt.outcomes.push_back({"bob", errc::none, {}, some_receipt(after_ms(1), after_ms(2))});
  receipt.outcomes.push_back({"eve", errc::target_full, "full", {}});
  EXPECT_EQ(fields_of(receipt, start),
            R"("outcomes":[{"to":"bob","ok":true,"trace":"00112233445566778899aabbccddeeff",)"
            R"("created_at_ms":1,"expires_at_ms":2,"accepted":"memory"},)"
            R"({"to":"eve","ok":false,"error":)"
            R"({"code":"target_full","number":207,"message":"full","retry":true}}])");
}

notification_view some_view() {
  notification_view view;
  view.trace = some_trace();
  view.from = "ann";
  view.to = {"shop", "bob"};
  view.pack = body::json(R"({"z":1.50,"a":0})");
  view.created_at = after_ms(1);
  view.expires_at = after_ms(1001);
  return view;
}

TEST(Answers, N6_status_of_a_waiting_one_has_no_later_times) {
  EXPECT_EQ(fields_of(status_view{0, some_view()}, start),
            R"("notification":{"trace":"00112233445566778899aabbccddeeff","from":"ann",)"
            R"("to":"bob","pack":{"z":1.50,"a":0},"suit":false,"state":"queued",)"
            R"("created_at_ms":1,"expires_at_ms":1001,"delivered":false,"replied":false,)"
            R"("attempts":0})");
}

TEST(Answers, N16_status_of_a_scheduled_one_says_when_it_is_due) {
  auto view = some_view();
  view.due_at = after_ms(501);
  EXPECT_EQ(object_of(view, start),
            R"({"trace":"00112233445566778899aabbccddeeff","from":"ann",)"
            R"("to":"bob","pack":{"z":1.50,"a":0},"suit":false,"state":"queued",)"
            R"("created_at_ms":1,"due_at_ms":501,"expires_at_ms":1001,"delivered":false,)"
            R"("replied":false,"attempts":0})");
}

TEST(Answers, N7_status_of_a_replied_one_has_everything) {
  auto view = some_view();
  view.kind = notification_kind::suit;
  view.state = notification_state::replied;
  view.delivered_at = after_ms(3);
  view.replied_at = after_ms(4);
  view.reply = body::json("null");
  view.attempts = 2;
  EXPECT_EQ(object_of(view, start),
            R"({"trace":"00112233445566778899aabbccddeeff","from":"ann","to":"bob",)"
            R"("pack":{"z":1.50,"a":0},"suit":true,"state":"replied","created_at_ms":1,)"
            R"("expires_at_ms":1001,"delivered":true,"delivered_at_ms":3,"replied":true,)"
            R"("reply":null,"replied_at_ms":4,"attempts":2})");
}

TEST(Answers, N13_await_answers_the_reply) {
  EXPECT_EQ(fields_of(reply_view{0, body::json(R"("at eight")"), after_ms(9)}, start),
            R"("reply":"at eight","replied_at_ms":9)");
}

TEST(Answers, N5_drain_answers_an_array) {
  EXPECT_EQ(fields_of(drain_view{}, start), R"("notifications":[])");
  const auto two = fields_of(drain_view{0, {some_view(), some_view()}}, start);
  const auto one = object_of(some_view(), start);
  EXPECT_EQ(two, R"("notifications":[)" + one + "," + one + "]");
}

TEST(Answers, N9_pending_and_N8_purge_answer_counts) {
  EXPECT_EQ(fields_of(pending_view{0, 7, presence::absent}, start), R"("pending":7)");
  EXPECT_EQ(fields_of(pending_view{0, 7, presence::connected}, start), R"("pending":7)");
  EXPECT_EQ(fields_of(purge_receipt{0, 3}, start), R"("removed":3)");
}

TEST(Answers, N11_a_late_ack_says_so) {
  EXPECT_EQ(fields_of(ack_receipt{0, ack_result::in_time}, start), "");
  EXPECT_EQ(fields_of(ack_receipt{0, ack_result::late}, start), R"("late":true)");
}

TEST(Answers, W2_list_has_these_names) {
  entries_view view;
  view.entries.push_back({"k", "ann", body::bytes("x"), std::chrono::seconds{60}});
  view.epoch = 5;
  view.seq = 6;
  EXPECT_EQ(fields_of(view, start),
            R"("entries":[{"key":"k","client_id":"ann","payload":"eA==","expires_in_ms":60000}],)"
            R"("epoch":5,"seq":6)");
  EXPECT_EQ(fields_of(entries_view{}, start), R"("entries":[],"epoch":0,"seq":0)");
}

TEST(Answers, W3_lists_of_clients_and_topics_have_these_names) {
  const clients_view clients{
      0, {{"ann", presence::connected, 0}, {"bob", presence::absent, 7}}, 300, list_rest::more};
  EXPECT_EQ(fields_of(clients, start),
            R"("clients":[{"client":"ann","connected":true,"pending":0},)"
            R"({"client":"bob","connected":false,"pending":7}],"total":300,"more":true)");
  EXPECT_EQ(fields_of(clients_view{}, start), R"("clients":[],"total":0,"more":false)");
  const topics_view topics{0, {{"room", 2, 3}}, 1, list_rest::none};
  EXPECT_EQ(fields_of(topics, start),
            R"("topics":[{"topic":"room","keys":2,"subscribers":3}],"total":1,"more":false)");
  EXPECT_EQ(fields_of(topics_view{}, start), R"("topics":[],"total":0,"more":false)");
}

TEST(Answers, E1_a_set_answers_nothing_more) {
  EXPECT_EQ(fields_of(entry_receipt{0, start}, start), "");
  EXPECT_EQ(fields_of(operation_done{}, start), "");
}

TEST(Answers, W4_connect_answers_these_fields) {
  const connect_receipt receipt{{"shop", "ann"}, 12, some_trace(), attach_result::resumed, 3};
  EXPECT_EQ(fields_of(receipt, std::chrono::seconds{10}),
            R"("client":"ann","ns":"shop","epoch":12,"ping_ms":10000,)"
            R"("resume":"00112233445566778899aabbccddeeff","resumed":true,"pending":3)");
}

TEST(Answers, W3_success_and_refusal) {
  EXPECT_EQ(success(""), R"("ok":true)");
  EXPECT_EQ(success(R"("pending":1)"), R"("ok":true,"pending":1)");
  EXPECT_EQ(refusal({errc::payload_too_large, "pack has 65537 bytes"}),
            R"("ok":false,"error":{"code":"payload_too_large","number":103,)"
            R"("message":"pack has 65537 bytes","retry":false})");
}

TEST(Answers, W3_whatever_an_operation_came_to_is_a_success_or_a_refusal) {
  const failure why{errc::target_full, "full"};
  EXPECT_EQ(reply_of(answer_value{why}, start), refusal(why));
  EXPECT_EQ(answer_fields(answer_value{why}, start), R"("error":)" + error_of(why));
  EXPECT_EQ(reply_of(answer_value{operation_done{}}, start), R"("ok":true)");
  EXPECT_EQ(answer_fields(answer_value{operation_done{}}, start), "");
  const purge_receipt removed{0, 3};
  EXPECT_EQ(reply_of(answer_value{removed}, start), success(fields_of(removed, start)));
  const auto put = some_receipt(after_ms(1), after_ms(2));
  EXPECT_EQ(reply_of(answer_value{put}, start), success(fields_of(put, start)));
}

struct row {
  unsigned number;
  const char* code;
  bool retry;
  unsigned wire_number; // between CAF nodes
};

/// Copied by hand from spec §10: this table may get rows, but existing rows must not change.
constexpr row golden_errors[] = {
    {100, "bad_frame", false, 1},
    {101, "unknown_op", false, 2},
    {102, "invalid_argument", false, 3},
    {103, "payload_too_large", false, 4},
    {104, "too_many_targets", false, 5},
    {200, "not_found", false, 6},
    {201, "not_a_suit", false, 7},
    {202, "stale_connection", false, 8},
    {203, "already_connected", false, 9},
    {204, "too_many_keys", false, 10},
    {205, "too_many_subscriptions", false, 11},
    {206, "too_many_watches", false, 12},
    {207, "target_full", true, 13},
    {208, "topic_full", true, 14},
    {209, "too_many_waiters", true, 15},
    {210, "timeout", true, 16},
    {300, "unauthenticated", false, 17},
    {301, "forbidden", false, 18},
    {302, "token_expired", false, 19},
    {303, "token_not_yet_valid", true, 20},
    {400, "overloaded", true, 21},
    {401, "storage_failed", true, 22},
    {402, "shutting_down", true, 23},
    {403, "too_many_connections", true, 24},
    {404, "publisher_failed", false, 25},
    {405, "internal", true, 26},
    {406, "would_block", false, 27},
    {407, "unknown_outcome", true, 28},
    {408, "unreachable", true, 29},
};

TEST(Errors, S10_the_table_is_the_golden_one) {
  ASSERT_EQ(error_table().size(), std::size(golden_errors));
  for (std::size_t i = 0; i < std::size(golden_errors); ++i) {
    const auto& row = error_table()[i];
    EXPECT_EQ(static_cast<unsigned>(row.code), golden_errors[i].number);
    EXPECT_EQ(row.name, golden_errors[i].code);
    EXPECT_EQ(row.may_retry == retry::yes, golden_errors[i].retry) << row.name;
    EXPECT_EQ(row.wire_number, golden_errors[i].wire_number) << row.name;
    EXPECT_FALSE(row.text.empty());
  }
}

TEST(Errors, S10_each_is_written_with_its_number_name_and_retry) {
  for (const auto& expected : golden_errors) {
    const auto code = errc_of(expected.code);
    ASSERT_TRUE(code) << expected.code;
    EXPECT_EQ(error_of({*code, "why"}), "{\"code\":\"" + std::string{expected.code} +
                                            "\",\"number\":" + std::to_string(expected.number) +
                                            R"(,"message":"why","retry":)" +
                                            (expected.retry ? "true}" : "false}"));
  }
}

TEST(Errors, S10_without_a_detail_the_table_has_a_sentence) {
  EXPECT_EQ((failure{errc::not_found, {}}.text()), row_of(errc::not_found).text);
  EXPECT_EQ((failure{errc::not_found, "gone"}.text()), "gone");
}

TEST(Errors, S10_a_number_nobody_gave_out_is_internal) {
  EXPECT_EQ(row_of(static_cast<errc>(499)).code, errc::internal);
  EXPECT_FALSE(errc_of("no_such_error"));
}

} // namespace
} // namespace restante::json
