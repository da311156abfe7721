#include "restante/broker/cli/exit_code.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace restante::cli {

namespace {

using ::testing::HasSubstr;

const patience limits{"127.0.0.1:7467", std::chrono::seconds{10}};

std::string line_of(const failure& why, duration waited = {}) {
  return failure_at(limits, why, waited).what();
}

TEST(ExitCode, S10_every_error_has_a_status_and_none_is_success) {
  for (const auto& row : error_table())
    EXPECT_NE(exit_code_of(row.code), exit_code::done) << row.name;
  EXPECT_EQ(exit_code_of(errc::none), exit_code::done);
}

TEST(ExitCode, scripts_can_tell_the_kinds_apart) {
  EXPECT_EQ(exit_code_of(errc::not_found), exit_code::failed);
  EXPECT_EQ(exit_code_of(errc::invalid_argument), exit_code::failed);
  EXPECT_EQ(exit_code_of(errc::timeout), exit_code::timed_out);
  EXPECT_EQ(exit_code_of(errc::unreachable), exit_code::unreachable);
  EXPECT_EQ(exit_code_of(errc::shutting_down), exit_code::unreachable);
  for (const auto code :
       {errc::unauthenticated, errc::forbidden, errc::token_expired, errc::token_not_yet_valid})
    EXPECT_EQ(exit_code_of(code), exit_code::not_allowed);
}

/// A text file of the project, in whose folder the tests run.
std::string text_of(const char* path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(ExitCode, S10_each_error_of_rights_is_named_wherever_statuses_are_explained) {
  for (const auto& row : error_table()) {
    if (exit_code_of(row.code) != exit_code::not_allowed)
      continue;
    const std::string name{row.name};
    EXPECT_THAT(exit_table()[5].text, HasSubstr(name));
    for (const auto* page : {"docs/command-line.md", "packaging/restante.1"})
      EXPECT_THAT(text_of(page), HasSubstr(name)) << page;
  }
}

TEST(ExitCode, the_table_has_each_number_once_in_order) {
  int next = 0;
  for (const auto& row : exit_table()) {
    EXPECT_EQ(static_cast<int>(row.code), next++);
    EXPECT_FALSE(row.text.empty());
  }
  EXPECT_EQ(next, 6);
}

TEST(ExitCode, an_error_of_the_broker_is_named_and_numbered) {
  EXPECT_EQ(line_of({errc::not_found, ""}),
            "not_found (200): the trace is unknown or its notification has ended");
  EXPECT_EQ(line_of({errc::forbidden, "not that"}), "forbidden (301): not that");
}

TEST(ExitCode, a_broker_that_is_not_there_is_a_sentence) {
  EXPECT_EQ(line_of({errc::unreachable, "cannot reach the broker at x:1: Connection refused"}),
            "cannot reach the broker at x:1: Connection refused");
  EXPECT_EQ(line_of({errc::unreachable, ""}), "cannot reach the broker at 127.0.0.1:7467");
  EXPECT_EQ(line_of({errc::stale_connection, ""}), "lost the broker at 127.0.0.1:7467");
}

TEST(ExitCode, no_answer_in_time_is_not_a_broker_that_went_away) {
  const failure why{errc::unknown_outcome, ""};
  EXPECT_EQ(failure_at(limits, why, limits.timeout).code(), exit_code::timed_out);
  EXPECT_THAT(line_of(why, limits.timeout), HasSubstr("within 10 s"));
  const auto early = limits.timeout - duration{1};
  EXPECT_EQ(failure_at(limits, why, early).code(), exit_code::unreachable);
  EXPECT_THAT(line_of(why, early), HasSubstr("lost the broker"));
}

TEST(ExitCode, C2_who_is_taken_over_is_told_so) {
  const auto end = end_at(limits, "bob", {end_reason::taken_over, errc::none}, {});
  EXPECT_EQ(end.code(), exit_code::failed);
  EXPECT_STREQ(end.what(), "another connection has taken over bob");
}

TEST(ExitCode, the_end_of_a_broker_is_its_own_status) {
  for (const auto reason : {end_reason::shutdown, end_reason::lost}) {
    const auto end = end_at(limits, "bob", {reason, errc::none}, {});
    EXPECT_EQ(end.code(), exit_code::unreachable);
    EXPECT_THAT(end.what(), HasSubstr("127.0.0.1:7467"));
  }
}

TEST(ExitCode, W6_a_token_that_runs_out_in_the_middle_is_a_matter_of_rights) {
  // The close code says only that the connection was refused.
  const auto end = end_at(limits, "bob", {end_reason::refused, errc::stale_connection}, {});
  EXPECT_EQ(end.code(), exit_code::not_allowed);
  const auto known = end_at(limits, "bob", {end_reason::refused, errc::unauthenticated},
                            {errc::unauthenticated, "the token is no JWT"});
  EXPECT_EQ(known.code(), exit_code::not_allowed);
  EXPECT_STREQ(known.what(), "unauthenticated (300): the token is no JWT");
}

} // namespace

} // namespace restante::cli
