// How wrong command lines are handled. Commands that run are tested by
// tests/outside/test_command_line.py.

#include "restante/broker/cli/feed.hpp"
#include "restante/broker/cli/given_text.hpp"
#include "restante/broker/cli/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <type_traits>
#include <vector>

namespace restante::cli {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// `line` is one text that is split at spaces, or a list of words as a shell passes them.
template <class Line>
std::string complaint_about(Line line) {
  CLI::App app{"", "restante"};
  app.require_subcommand(1);
  chosen_command chosen;
  add_client_commands(app, chosen);
  add_operator_commands(app, chosen);
  try {
    if constexpr (std::is_same_v<Line, std::vector<std::string>>)
      std::ranges::reverse(line); // CLI11 takes the last word first
    app.parse(line);
  } catch (const CLI::ParseError& why) {
    return complaint_of(app, why);
  }
  return "";
}

TEST(CommandLine, an_unknown_command_names_the_nearest) {
  EXPECT_THAT(complaint_about("notfy bob hi"),
              HasSubstr("there is no command notfy; the nearest is notify"));
  EXPECT_THAT(complaint_about("topic wach room"),
              HasSubstr("topic: there is no command wach; the nearest is watch"));
  EXPECT_THAT(complaint_about(""), HasSubstr("a command is needed"));
  EXPECT_THAT(complaint_about("ephemeral"),
              HasSubstr("ephemeral: a command is needed; see restante ephemeral --help"));
}

TEST(CommandLine, an_unknown_flag_names_the_nearest) {
  EXPECT_THAT(complaint_about("notify bob hi --ttk 5"),
              HasSubstr("notify: there is no flag --ttk; the nearest is --ttl"));
  EXPECT_THAT(complaint_about("ephemeral list room --jsno"),
              HasSubstr("ephemeral list: there is no flag --jsno; the nearest is --json"));
}

TEST(CommandLine, words_too_many_or_too_few) {
  EXPECT_THAT(complaint_about("notify bob call me"), HasSubstr("nothing is expected of 'me'"));
  EXPECT_THAT(complaint_about("notify bob"), AllOf(HasSubstr("PACK"), HasSubstr("--help")));
  EXPECT_THAT(complaint_about("token check --key-file k"), HasSubstr("TOKEN"));
}

TEST(CommandLine, values_that_cannot_be) {
  for (const auto* line :
       {"notify bob hi --ttl soon", "notify bob hi --ttl 0", "notify bob hi --ttl -1",
        "notify bob hi --ttl nan", "notify bob hi --ttl inf", "notify bob hi --timeout 1e30"})
    EXPECT_THAT(complaint_about(line), HasSubstr("is not a number of seconds")) << line;
  EXPECT_THAT(complaint_about("status 9592"), HasSubstr("is not a trace"));
  EXPECT_THAT(complaint_about("bench --mode fast"), HasSubstr("fan-out"));
  EXPECT_THAT(complaint_about("bench --pipeline 0"), Not(""));
  EXPECT_THAT(complaint_about("notify bob hi --wait 5"), HasSubstr("--suit"));
  EXPECT_THAT(complaint_about("ephemeral clear room key"), HasSubstr("--as"));
}

TEST(CommandLine, an_empty_value_is_not_taken_for_none) {
  for (const std::string option : {"--message-id", "--collapse-key", "--from", "--as", "--url",
                                   "--token", "--token-file", "--ca-file"}) {
    EXPECT_THAT(complaint_about(std::vector<std::string>{"notify", "bob", "hi", option, ""}),
                HasSubstr(option + ": it must not be empty"));
    EXPECT_THAT(complaint_about("notify bob hi " + option + "="), HasSubstr(option + ": "));
  }
}

TEST(CommandLine, journal) {
  EXPECT_EQ(complaint_about("journal move /data --slots 64"), "");
  EXPECT_THAT(complaint_about("journal"), HasSubstr("journal: a command is needed"));
  EXPECT_THAT(complaint_about("journal chek /data"), HasSubstr("the nearest is check"));
  EXPECT_THAT(complaint_about("journal stats"), HasSubstr("DIR"));
  EXPECT_THAT(complaint_about("journal move /data"), HasSubstr("--slots"));
  for (const auto* slots : {"0", "1025", "-1", "many"})
    EXPECT_THAT(complaint_about(std::string{"journal move /data --slots "} + slots),
                HasSubstr("--slots"))
        << slots;
}

TEST(CommandLine, every_complaint_is_one_printable_line) {
  for (const auto* line : {"", "x", "notify", "notify bob hi --x\x1b[0m", "bench --size 1",
                           "status \"a\nb\"", "notify a b \"c\nd\""}) {
    const auto said = complaint_about(line);
    EXPECT_NE(said, "") << line;
    EXPECT_EQ(said.find_first_of("\n\r\x1b"), std::string::npos) << said;
  }
}

TEST(CommandLine, a_good_one_is_chosen) {
  EXPECT_EQ(complaint_about("notify bob hi --suit --wait 5 --url ws://h:1 --json"), "");
  EXPECT_EQ(complaint_about("notify bob -- -5"), "");
  EXPECT_EQ(complaint_about("notify bob -"), "");
  EXPECT_EQ(complaint_about("await 9592cdc546aa8a651eb7d5af6c1045e1 --timeout 0"), "");
}

TEST(GivenText, text_becomes_a_json_string_and_json_stays_digit_by_digit) {
  EXPECT_EQ(json_of({"PACK", "call \"me\"\n", false}).view(), R"("call \"me\"\n")");
  EXPECT_EQ(json_of({"PACK", " { \"b\" : 1.50 , \"a\":[ ] }\n", true}).view(),
            R"({"b":1.50,"a":[]})");
  EXPECT_EQ(json_of({"PACK", "null", true}).view(), "null");
}

TEST(GivenText, what_is_neither_is_bad_usage) {
  for (const auto* text : {"", "{", "1,\"to\":2", "1 2", "{\"a\":1}}"})
    EXPECT_THROW(json_of({"PACK", text, true}), command_failed) << text;
  EXPECT_THROW(json_of({"PACK", "\xff", false}), command_failed);
}

TEST(Feed, N11_a_push_is_done_when_it_was_printed_and_a_signal_goes_first) {
  const auto told = std::make_shared<feed>();
  const auto in = told->make_sink();
  const auto soon = [] { return feed::clock::now() + std::chrono::seconds{10}; };
  EXPECT_EQ(told->next(feed::clock::now()), std::nullopt);
  EXPECT_EQ(in->take(delivery{}), flow::waiting);
  EXPECT_TRUE(std::holds_alternative<push>(*told->next(soon())));
  in->take(delivery{});
  told->stop();
  EXPECT_TRUE(std::holds_alternative<feed::told_to_stop>(*told->next(soon())));
}

TEST(Feed, it_wakes_who_waits_without_end) {
  const auto told = std::make_shared<feed>();
  const auto in = told->make_sink();
  std::thread other{[&] { in->ended({end_reason::lost, errc::none}); }};
  const auto next = told->next(feed::clock::time_point::max());
  other.join();
  ASSERT_TRUE(next && std::holds_alternative<feed::ended>(*next));
  EXPECT_EQ(std::get<feed::ended>(*next).why.reason, end_reason::lost);
}

} // namespace

} // namespace restante::cli
