// The answer that a client decodes equals the answer that the broker encoded.

#include "restante/tests/messages/decoded_samples.hpp"

#include <set>

namespace restante::json {
namespace {

using namespace samples;

answer_value answer_decoded(std::size_t kind, const std::string& frame) {
  return answer_of(kind, must_decode_frame<decoded_reply>(frame).fields);
}

TEST(DecodeAnswers, W3_every_kind_of_command_has_its_answer) {
  std::set<std::size_t> kinds;
  for (const auto& sample : answers()) {
    kinds.insert(sample.kind);
    EXPECT_TRUE(answer_decoded(sample.kind, sample.frame) == sample.answer) << sample.frame;
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<command>);
}

TEST(DecodeAnswers, W3_an_unknown_kind_is_our_own_mistake) {
  const auto answer = answer_decoded(std::variant_size_v<command>, good_reply(operation_done{}));
  ASSERT_TRUE(std::holds_alternative<failure>(answer));
  EXPECT_EQ(std::get<failure>(answer).code, errc::internal);
}

TEST(DecodeAnswers, W3_an_answer_of_another_kind_is_a_bad_frame) {
  const auto answer = answer_decoded(kind_of<put_notification>, good_reply(purge_receipt{0, 3}));
  ASSERT_TRUE(std::holds_alternative<failure>(answer));
  EXPECT_EQ(std::get<failure>(answer), (failure{errc::bad_frame, "trace is missing"}));
  const auto two_errors =
      answer_decoded(kind_of<put_notification>,
                     reply_of(R"("ok":true,"trace":"00112233445566778899aabbccddeeff",)"
                              R"("created_at_ms":1,"expires_at_ms":2,"accepted":1,"duplicate":1)"));
  EXPECT_EQ(std::get<failure>(two_errors),
            (failure{errc::bad_frame, "duplicate is neither true nor false"}));
}

TEST(DecodeAnswers, N17_a_refused_target_keeps_what_was_wrong) {
  const auto answer = answer_decoded(kind_of<put_many>, good_reply(some_outcomes()));
  const auto& outcomes = std::get<put_many_receipt>(answer).outcomes;
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_EQ(outcomes[1].detail, "");
  EXPECT_EQ(outcomes[2].detail, "to is empty");
}

TEST(DecodeAnswers, N6_the_namespace_of_a_target_is_not_said) {
  auto view = waiting_view();
  view.to.ns = "shop";
  const auto answer = answer_decoded(kind_of<get_status>, good_reply(status_view{0, view}));
  EXPECT_EQ(std::get<status_view>(answer).notification, waiting_view());
}

TEST(DecodeAnswers, N1_packs_in_a_list_keep_their_text) {
  drain_view drained;
  for (const std::string pack : {R"("],[{\"\\")", R"({"a":"}","b":[1,2],"c":"\\"})", "[1.50,[],{}]",
                                 "1e400", "\",\"", "\"\xc3\xa9\""}) {
    drained.notifications.push_back(waiting_view());
    drained.notifications.back().pack = body::json(pack);
  }
  drained.notifications.push_back(waiting_view());
  drained.notifications.back().pack = body::bytes("hi");
  const auto answer = answer_decoded(kind_of<drain_queue>, good_reply(drained));
  EXPECT_TRUE(answer == answer_value{drained});
}

TEST(DecodeAnswers, D1_an_older_broker_keeps_puts_in_memory) {
  const auto receipt = some_receipt(after_ms(1), after_ms(2));
  auto frame = good_reply(receipt);
  const std::string said = R"(,"accepted":"memory")";
  frame.erase(frame.find(said), said.size());
  EXPECT_TRUE(answer_decoded(kind_of<put_notification>, frame) == answer_value{receipt});
}

TEST(DecodeAnswers, N13_a_reply_may_be_bytes) {
  const reply_view view{0, body::bytes("hi"), after_ms(9)};
  EXPECT_TRUE(answer_decoded(kind_of<await_reply>, good_reply(view)) == answer_value{view});
}

TEST(DecodeAnswers, N9_a_pending_answer_may_say_whether_the_client_is_there) {
  const auto state = [](const std::string& more) {
    const auto answer =
        answer_decoded(kind_of<get_pending>, reply_of(R"("ok":true,"pending":7)" + more));
    return std::get<pending_view>(answer).state;
  };
  EXPECT_EQ(state(""), presence::absent);
  EXPECT_EQ(state(R"(,"connected":false)"), presence::absent);
  EXPECT_EQ(state(R"(,"connected":true)"), presence::connected);
}

TEST(DecodeAnswers, E1_a_set_may_say_when_its_lease_ends) {
  const auto frame =
      reply_of(R"("ok":true,"expires_at_ms":)" + std::to_string(after_ms(5).milliseconds()));
  const answer_value expected = entry_receipt{0, after_ms(5)};
  EXPECT_TRUE(answer_decoded(kind_of<set_entry>, frame) == expected);
}

// --- W4: connecting

outcome<decoded_connect> connect_decoded(const std::string& frame) {
  return connected_of(must_decode_frame<decoded_reply>(frame).fields);
}

TEST(DecodeAnswers, W4_a_connect_is_answered_with_these) {
  const decoded_connect expected{some_connection(), std::chrono::seconds{10}, std::nullopt};
  EXPECT_TRUE(*connect_decoded(connected_reply()) == expected);
}

TEST(DecodeAnswers, W4_a_fresh_connection_without_a_token_has_none) {
  const connect_receipt fresh{{"", "ann"}, 1, {}, attach_result::fresh, 0};
  const auto decoded = connect_decoded(reply_of(success(fields_of(fresh, duration{0}))));
  EXPECT_EQ(decoded->receipt, fresh);
}

TEST(DecodeAnswers, W7_a_connect_says_how_long_its_token_lives) {
  auto frame = connected_reply();
  frame.insert(frame.size() - 1, R"(,"expires_in_ms":1500)");
  EXPECT_EQ(connect_decoded(frame)->expires_in, std::chrono::milliseconds{1500});
}

TEST(DecodeAnswers, W4_what_is_no_answer_to_a_connect_is_a_bad_frame) {
  const auto decoded = connect_decoded(good_reply(operation_done{}));
  ASSERT_TRUE(!decoded);
  EXPECT_EQ(decoded.error().code, errc::bad_frame);
}

} // namespace
} // namespace restante::json
