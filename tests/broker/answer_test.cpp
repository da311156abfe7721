// Answers, and the result of asking a failed answer for its value.

#include "restante/broker/api/answer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace restante {
namespace {

TEST(Answer, C7_the_value_of_a_failed_one_throws_its_number_and_text) {
  answer<std::string> asked;
  asked.fulfil(failure{errc::forbidden, "bob may not read room"});
  try {
    (void)asked.get()->size();
    FAIL() << "there was a value";
  } catch (const failed_answer& failed) {
    EXPECT_EQ(failed.code(), errc::forbidden);
    EXPECT_EQ(failed.number(), 301);
    EXPECT_EQ(failed.error(), (failure{errc::forbidden, "bob may not read room"}));
    EXPECT_STREQ(failed.what(), "forbidden (301): bob may not read room");
  }
}

TEST(Answer, C7_without_a_detail_it_has_the_sentence_of_the_table) {
  const outcome<int> failed{errc::would_block};
  try {
    (void)failed.value();
    FAIL() << "there was a value";
  } catch (const std::runtime_error& thrown) {
    EXPECT_STREQ(thrown.what(), "would_block (406): a callback may not wait");
  }
}

TEST(Answer, C7_each_way_to_the_value_throws) {
  outcome<std::string> failed{errc::timeout};
  const auto& fixed = failed;
  EXPECT_THROW((void)failed.value(), failed_answer);
  EXPECT_THROW((void)fixed.value(), failed_answer);
  EXPECT_THROW((void)*failed, failed_answer);
  EXPECT_THROW((void)*fixed, failed_answer);
  EXPECT_THROW((void)failed->size(), failed_answer);
  EXPECT_THROW((void)fixed->size(), failed_answer);
  outcome<std::string> fine{std::string{"yes"}};
  EXPECT_EQ(*fine, "yes");
  EXPECT_EQ(fine->size(), 3U);
}

TEST(Answer, C7_a_failure_can_be_looked_at_without_an_exception) {
  const outcome<int> failed{failure{errc::timeout, "too late"}};
  ASSERT_NE(failed.why(), nullptr);
  EXPECT_EQ(*failed.why(), (failure{errc::timeout, "too late"}));
  EXPECT_EQ(failed.error(), *failed.why());
  EXPECT_EQ(outcome<int>{7}.why(), nullptr);
}

TEST(Answer, C7_one_that_never_came_throws_unknown_outcome) {
  const answer<int> asked;
  try {
    (void)asked.get(std::chrono::nanoseconds{0}).value();
    FAIL() << "there was a value";
  } catch (const failed_answer& failed) {
    EXPECT_EQ(failed.code(), errc::unknown_outcome);
  }
}

} // namespace
} // namespace restante
