#include "restante/broker/serve/logging.hpp"
#include "restante/tests/serve/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
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

/// What somebody might call themselves to forge a line, or worse.
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
    // A value that is not plain is one JSON string between its neighbours.
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
  EXPECT_THAT(text_of(moved),
              testing::AllOf(testing::HasSubstr("first"), testing::HasSubstr("second")));
  EXPECT_THAT(text_of(file.path()), testing::HasSubstr("third"));
  std::filesystem::remove(moved);
}

TEST(Logging, a_file_that_cannot_be_opened_is_an_error_that_names_it) {
  try {
    line_log log{{.file = "/proc/nowhere/x.log"}};
    ADD_FAILURE();
  } catch (const std::runtime_error& wrong) {
    EXPECT_THAT(wrong.what(), testing::AllOf(testing::StartsWith("log_file: "),
                                             testing::HasSubstr("/proc/nowhere/x.log")));
  }
}

TEST(Logging, lines_of_the_broker_become_warnings) {
  const temporary_file file{""};
  broker_lines(std::make_shared<line_log>(log_settings{.format = "json", .file = file.path()}))(
      "an actor crashed\n");
  const auto read = nlohmann::json::parse(text_of(file.path()));
  EXPECT_EQ(read["level"], "warning");
  EXPECT_EQ(read["event"], "broker");
  EXPECT_EQ(read["line"], "an actor crashed\n");
}

} // namespace restante::serve
