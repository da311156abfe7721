#include "restante/tests/simulation/compare.hpp"

#include <gtest/gtest.h>

namespace restante::simulation {

namespace {

const std::string hex_a(32, 'a');
const std::string hex_b(32, 'b');

/// JSON texts as the reference would produce them.
std::vector<json> values(const std::vector<std::string>& texts) {
  std::vector<json> result;
  for (const auto& text : texts)
    result.push_back(read_exact(text).value());
  return result;
}

class ReferenceCompare : public ::testing::Test {
protected:
  bool same(const std::vector<std::string>& expected, const std::vector<std::string>& actual,
            step what = step::ordinary) {
    auto wrong = compared.line(what, values(expected), actual);
    text = wrong.value_or("");
    return !wrong;
  }

  static std::string put(const std::string& trace) {
    return R"({"t":0,"id":1,"ok":true,"trace":")" + trace + "\"}";
  }

  static std::string event(const std::string& to, const std::string& topic, int seq) {
    return R"({"t":0,"to":")" + to + R"(","frame":{"_orama":"topic.message","topic":")" + topic +
           R"(","seq":)" + std::to_string(seq) + "}}";
  }

  comparison compared;
  std::string text;
};

TEST_F(ReferenceCompare, traces_are_renamed_one_to_one) {
  EXPECT_TRUE(same({put("$1")}, {put(hex_a)}));
  EXPECT_TRUE(same({put("$2")}, {put(hex_b)}));
  EXPECT_TRUE(same({put("$1")}, {put(hex_a)}));
  EXPECT_FALSE(same({put("$1")}, {put(hex_b)}));
}

TEST_F(ReferenceCompare, two_symbols_never_share_a_trace) {
  EXPECT_TRUE(same({put("$1")}, {put(hex_a)}));
  EXPECT_FALSE(same({put("$2")}, {put(hex_a)}));
}

TEST_F(ReferenceCompare, a_trace_has_its_form_N3) {
  EXPECT_FALSE(same({put("$1")}, {put("abc")}));
  EXPECT_FALSE(same({put("$2")}, {put(std::string(32, '0'))}));
  EXPECT_FALSE(same({put("$3")}, {put(std::string(32, 'A'))}));
}

TEST_F(ReferenceCompare, epochs_of_one_scope_grow_C1) {
  auto answer = [](const std::string& epoch) {
    return R"({"t":0,"id":1,"ok":true,"epoch":)" + epoch + "}";
  };
  EXPECT_TRUE(same({answer(R"("epoch:topic /t:1")")}, {answer("5")}));
  EXPECT_TRUE(same({answer(R"("epoch:topic /u:1")")}, {answer("5")}));
  EXPECT_FALSE(same({answer(R"("epoch:topic /t:2")")}, {answer("5")}));
  EXPECT_FALSE(same({answer("0")}, {answer("5")}));
}

TEST_F(ReferenceCompare, the_order_counts_within_a_source_only) {
  auto answer = std::string{R"({"t":0,"id":1,"ok":true})"};
  EXPECT_TRUE(same({answer, event("a", "t", 1), event("a", "u", 1)},
                   {answer, event("a", "u", 1), event("a", "t", 1)}));
  EXPECT_TRUE(same({answer, event("a", "t", 1), event("b", "t", 1)},
                   {answer, event("b", "t", 1), event("a", "t", 1)}));
  EXPECT_FALSE(same({answer, event("a", "t", 1), event("a", "t", 2)},
                    {answer, event("a", "t", 2), event("a", "t", 1)}));
  EXPECT_NE(text.find("to a, topic t, #1: /frame/seq: expected 1, got 2"), std::string::npos)
      << text;
}

TEST_F(ReferenceCompare, missing_and_superfluous_pushes_are_noticed) {
  auto answer = std::string{R"({"t":0,"id":1,"ok":true})"};
  EXPECT_FALSE(same({answer, event("a", "t", 1)}, {answer}));
  EXPECT_FALSE(same({answer}, {answer, event("a", "t", 1)}));
}

TEST_F(ReferenceCompare, the_answer_stands_where_it_belongs) {
  auto answer = std::string{R"({"t":0,"id":1,"ok":true})"};
  auto awaited = std::string{R"({"t":0,"id":"w","ok":true,"reply":1})"};
  EXPECT_FALSE(same({answer, event("a", "t", 1)}, {event("a", "t", 1), answer}));
  EXPECT_TRUE(same({event("a", "t", 1), answer}, {event("a", "t", 1), answer}, step::advance));
  EXPECT_FALSE(same({event("a", "t", 1), answer}, {answer, event("a", "t", 1)}, step::advance));
  EXPECT_TRUE(same({answer, event("a", "t", 1), awaited}, {awaited, answer, event("a", "t", 1)}));
}

TEST_F(ReferenceCompare, answers_are_neither_lost_nor_made_up) {
  auto answer = std::string{R"({"t":0,"id":1,"ok":true})"};
  EXPECT_FALSE(same({answer}, {}));
  EXPECT_FALSE(same({}, {answer}));
  EXPECT_FALSE(same({answer}, {answer, answer}));
}

TEST_F(ReferenceCompare, the_text_of_an_error_does_not_count_its_number_does) {
  auto error = [](const std::string& number, const std::string& message) {
    return R"({"t":0,"id":1,"ok":false,"error":{"code":"timeout","number":)" + number +
           R"(,"message":")" + message + R"(","retry":true}})";
  };
  EXPECT_TRUE(same({error("210", "")}, {error("210", "too late")}));
  EXPECT_FALSE(same({error("210", "")}, {error("211", "")}));
}

TEST_F(ReferenceCompare, opaque_values_are_compared_to_the_digit_N1) {
  auto answer = [](const std::string& reply) {
    return R"({"t":0,"id":1,"ok":true,"reply":)" + reply + "}";
  };
  EXPECT_TRUE(same({answer(R"({"b":1.10,"a":2})")}, {answer(R"({"b":1.10,"a":2})")}));
  EXPECT_FALSE(same({answer(R"({"b":1.10,"a":2})")}, {answer(R"({"b":1.1,"a":2})")}));
  EXPECT_FALSE(same({answer(R"({"b":1.10,"a":2})")}, {answer(R"({"a":2,"b":1.10})")}));
}

TEST_F(ReferenceCompare, the_order_of_an_events_members_counts_W1) {
  auto answer = std::string{R"({"t":0,"id":1,"ok":true})"};
  auto frame = [](const std::string& members) {
    return R"({"t":0,"to":"a","frame":{"_orama":"ephemeral.set",)" + members + "}}";
  };
  EXPECT_FALSE(same({answer, frame(R"("topic":"t","key":"k")")},
                    {answer, frame(R"("key":"k","topic":"t")")}));
}

TEST_F(ReferenceCompare, output_that_is_no_output_is_noticed) {
  EXPECT_FALSE(same({}, {"nonsense"}));
  EXPECT_FALSE(same({}, {"[]"}));
  EXPECT_FALSE(same({}, {R"({"id":1})"}));
}

} // namespace

} // namespace restante::simulation
