#include "restante/broker/server/logging.hpp"
#include "restante/tests/server/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace restante::serve {

namespace {

using gateway::log_field;
using gateway::severity;

constexpr auto noon =
    std::chrono::system_clock::time_point{std::chrono::milliseconds{1767323045678}};

std::string line(log_format format, std::vector<log_field> fields) {
  return log_line(format, noon, severity::info, "connection_closed", fields);
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

/// Names that a client might choose to forge a log line, or worse.
const std::vector<std::string> hostile{"a\nb",
                                       "a\r\n2026 error forged",
                                       "\"",
                                       "\\",
                                       "a b",
                                       "a=b",
                                       "",
                                       "\x1b[2J",
                                       "x\xff\xfey",
                                       "\xc0\xaf",
                                       std::string{"a\0b", 3},
                                       "\x7f",
                                       "\xc2\x9b"
                                       "2J",
                                       "\xe2\x80\xa8",
                                       "\xed\xa0\x80",
                                       "\"}\n{\"level\":\"error\"",
                                       "\xc2",
                                       "\xe2\x80"};

} // namespace

TEST(Logging, a_line_of_text_is_as_documented) {
  EXPECT_EQ(line(log_format::text, {{"client", "bob"}, {"code", 4012}, {"reason", "no pong"}}),
            "2026-01-02T03:04:05.678Z info connection_closed client=bob code=4012 "
            "reason=\"no pong\"");
}

TEST(Logging, a_line_of_json_is_as_documented) {
  EXPECT_EQ(line(log_format::json, {{"client", "bob"}, {"code", 4012}, {"reason", "no pong"}}),
            R"({"time":"2026-01-02T03:04:05.678Z","level":"info","event":"connection_closed",)"
            R"("client":"bob","code":4012,"reason":"no pong"})");
}

TEST(Logging, text_that_looks_like_a_number_stays_text_in_json) {
  const auto read = nlohmann::json::parse(line(log_format::json, {{"client", "12"}}));
  EXPECT_TRUE(read["client"].is_string());
}

TEST(Logging, nothing_in_a_value_can_forge_a_line_or_a_field) {
  for (const auto& value : hostile) {
    for (const auto format : {log_format::text, log_format::json}) {
      const auto made = line(format, {{"client", std::string_view{value}}, {"code", 1}});
      const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
      };
      EXPECT_TRUE(std::ranges::none_of(made, is_control)) << made;
      EXPECT_EQ(made.find("\xc2\x9b"), std::string::npos) << made;
      EXPECT_EQ(made.find("\xe2\x80\xa8"), std::string::npos) << made;
    }
    const auto read =
        nlohmann::json::parse(line(log_format::json, {{"client", std::string_view{value}}}));
    EXPECT_EQ(read.size(), 4U);
    EXPECT_EQ(read["level"], "info");
    const auto text = line(log_format::text, {{"client", std::string_view{value}}, {"code", 1}});
    // A value that is not plain is written as one JSON string between its neighbours.
    const auto from = text.find("client=") + 7;
    EXPECT_TRUE(nlohmann::json::accept(text.substr(from, text.rfind(" code=1") - from))) << text;
  }
}

TEST(Logging, what_is_valid_comes_back_as_it_was) {
  for (const std::string value : {"müller", "\xf0\x9f\x93\xae post", "a\nb\"c\\", "\xe2\x80\xa8"}) {
    const auto read =
        nlohmann::json::parse(line(log_format::json, {{"client", std::string_view{value}}}));
    EXPECT_EQ(read["client"], value);
  }
}

TEST(Logging, writes_what_is_as_grave_as_its_level_to_its_file) {
  const temporary_file file{"before\n"};
  line_log log{{.level = "warning", .format = "json", .file = file.path()}};
  log.write(severity::info, "small");
  log.write(severity::warning, "listening", {{"port", 7467}});
  log.write(severity::error, "worse", {{"why", "{} %d %v"}});
  ASSERT_TRUE(log.flush());
  std::istringstream lines{text_of(file.path())};
  std::string first, second, third, none;
  std::getline(lines, first);
  std::getline(lines, second);
  std::getline(lines, third);
  EXPECT_FALSE(std::getline(lines, none));
  EXPECT_EQ(first, "before");
  EXPECT_EQ(nlohmann::json::parse(second)["port"], 7467);
  EXPECT_EQ(nlohmann::json::parse(third)["why"], "{} %d %v");
}

TEST(Logging, opens_its_file_again_when_told_to) {
  const temporary_file file{""};
  line_log log{{.file = file.path()}};
  log.write(severity::info, "first");
  const auto moved = file.path() + ".1";
  std::filesystem::rename(file.path(), moved);
  log.write(severity::info, "second");
  EXPECT_EQ(log.reopen(), std::nullopt);
  log.write(severity::info, "third");
  ASSERT_TRUE(log.flush());
  EXPECT_THAT(text_of(moved),
              ::testing::AllOf(::testing::HasSubstr("first"), ::testing::HasSubstr("second")));
  EXPECT_THAT(text_of(file.path()), ::testing::HasSubstr("third"));
  std::filesystem::remove(moved);
}

TEST(Logging, a_file_that_cannot_be_opened_is_an_error_that_names_it) {
  try {
    line_log log{{.file = "/proc/nowhere/x.log"}};
    ADD_FAILURE();
  } catch (const std::runtime_error& wrong) {
    EXPECT_THAT(wrong.what(), ::testing::AllOf(::testing::StartsWith("log_file: "),
                                               ::testing::HasSubstr("/proc/nowhere/x.log")));
  }
}

TEST(Logging, a_value_is_cut_off_at_its_bound_and_between_two_characters) {
  const std::string bare(2048, 'a');
  EXPECT_THAT(line(log_format::text, {{"x", std::string_view{bare}}}), ::testing::EndsWith(bare));
  const auto longer = bare + "b";
  EXPECT_THAT(line(log_format::text, {{"x", std::string_view{longer}}}),
              ::testing::EndsWith(bare + "\xe2\x80\xa6\""));
  const auto split = std::string(2047, 'a') + "\xc3\xbc";
  const auto read = nlohmann::json::parse(line(log_format::json, {{"x", std::string_view{split}}}));
  EXPECT_EQ(read["x"], std::string(2047, 'a') + "\xe2\x80\xa6");
}

TEST(Logging, S8_a_warning_that_repeats_is_limited_and_summed_up) {
  const temporary_file file{""};
  {
    line_log log{{.format = "json", .file = file.path()}};
    for (int n = 0; n < 1000; ++n)
      log.write(severity::warning, "accept_failed", {{"reason", "Too many open files"}});
    log.write(severity::warning, "accept_failed", {{"reason", "No memory"}});
    log.write(severity::error, "reload_failed", {{"reason", "other"}});
  }
  std::map<std::string, int> lines;
  std::uint64_t left_out = 0;
  std::istringstream text{text_of(file.path())};
  for (std::string one; std::getline(text, one);) {
    const auto read = nlohmann::json::parse(one);
    ++lines[read["event"].get<std::string>()];
    if (read["event"] == "repeated")
      left_out += read["lines"].get<std::uint64_t>();
  }
  // Twenty of the first, one of the second, and one more if the test took that long.
  EXPECT_GE(lines["accept_failed"], 21);
  EXPECT_LE(lines["accept_failed"], 30);
  EXPECT_EQ(lines["reload_failed"], 1);
  EXPECT_EQ(lines["repeated"], 1);
  EXPECT_EQ(left_out, 1001U - static_cast<unsigned>(lines["accept_failed"]));
}

TEST(Logging, lines_of_the_broker_become_warnings) {
  const temporary_file file{""};
  const auto log = std::make_shared<line_log>(log_settings{.format = "json", .file = file.path()});
  broker_lines(log)("an actor crashed\n");
  ASSERT_TRUE(log->flush());
  const auto read = nlohmann::json::parse(text_of(file.path()));
  EXPECT_EQ(read["level"], "warning");
  EXPECT_EQ(read["event"], "broker");
  EXPECT_EQ(read["line"], "an actor crashed\n");
}

} // namespace restante::serve
