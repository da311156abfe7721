#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/printing.hpp"
#include "restante/broker/cli/screen.hpp"
#include "restante/broker/cli/topic_lines.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace restante::cli {

namespace {

TEST(Printing, text_for_people_stays_as_it_is) {
  EXPECT_EQ(printable("call me"), "call me");
  EXPECT_EQ(printable("grüß 日本 🎈 C:\\dir"), "grüß 日本 🎈 C:\\dir");
}

TEST(Printing, nothing_a_terminal_obeys_gets_through) {
  EXPECT_EQ(printable("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(printable("\x1b]0;title\x07"), "\\u001b]0;title\\u0007");
  EXPECT_EQ(printable("\x7f"), "\\u007f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m"); // CSI in one character
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\u202e");
  EXPECT_EQ(printable("\xe2\x80\xa8"), "\\u2028");
  EXPECT_EQ(printable(std::string_view{"\0", 1}), "\\u0000");
}

TEST(Printing, bytes_that_are_no_utf8_are_replaced_one_by_one) {
  EXPECT_EQ(printable("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); // a surrogate
  EXPECT_EQ(printable("\xf0\x9f\x8e"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); // cut short
}

TEST(Printing, N1_json_means_the_same_and_no_control_stands_in_it) {
  const std::string json = "{\"a\":\"x\xc2\x9b\x7f\xe2\x80\xae\",\"n\":1.50}";
  const auto shown = printable_json(json);
  EXPECT_EQ(shown, R"({"a":"x\u009b\u007f\u202e","n":1.50})");
  EXPECT_EQ(nlohmann::json::parse(shown), nlohmann::json::parse(json));
}

TEST(Printing, a_string_prints_as_its_text_and_all_else_as_json) {
  EXPECT_EQ(text_of(body::json(R"("call \"me\"")")), "call \"me\"");
  EXPECT_EQ(text_of(body::json(R"("two\nlines\u001b")")), "two\\nlines\\u001b");
  EXPECT_EQ(text_of(body::json(R"({"at":1.50})")), R"({"at":1.50})");
  EXPECT_EQ(text_of(body::json("null")), "null");
  EXPECT_EQ(text_of(body::json("[1,2]")), "[1,2]");
}

TEST(Printing, opaque_bytes_are_text_where_they_are_some) {
  EXPECT_EQ(text_of(body::bytes("12:4")), "12:4");
  EXPECT_EQ(text_of(body::bytes("\xff")), R"({"base64":"/w=="})");
}

TEST(Printing, times_and_spans) {
  EXPECT_EQ(time_text({1'700'000'000'123'456'789}), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(time_text({-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(seconds_text(std::chrono::seconds{10}), "10 s");
  EXPECT_EQ(seconds_text(std::chrono::milliseconds{250}), "0.25 s");
}

TEST(Printing, a_notification_says_what_has_happened_to_it_and_no_more) {
  notification_view view;
  view.trace = {1, 2};
  view.from = "ann";
  view.to = {"", "bob"};
  view.pack = body::json(R"("lunch?")");
  view.kind = notification_kind::suit;
  view.state = notification_state::queued;
  view.created_at = {1'000'000'000};
  view.expires_at = {2'000'000'000};
  EXPECT_EQ(details_of(view), "trace     00000000000000010000000000000002\n"
                              "state     queued\n"
                              "from      ann\n"
                              "to        bob\n"
                              "suit      yes\n"
                              "created   1970-01-01T00:00:01.000Z\n"
                              "expires   1970-01-01T00:00:02.000Z\n"
                              "attempts  0\n"
                              "pack      lunch?");
  view.due_at = {1'200'000'000};
  EXPECT_NE(details_of(view).find("created   1970-01-01T00:00:01.000Z\n"
                                  "due       1970-01-01T00:00:01.200Z\n"
                                  "expires   1970-01-01T00:00:02.000Z\n"),
            std::string::npos)
      << details_of(view);
  view.state = notification_state::replied;
  view.delivered_at = {1'500'000'000};
  view.replied_at = {1'600'000'000};
  view.reply = body::json("[8]");
  const auto text = details_of(view);
  EXPECT_NE(text.find("delivered 1970-01-01T00:00:01.500Z\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("reply     [8]")) << text;
}

TEST(Printing, answers_are_the_objects_of_the_wire) {
  EXPECT_EQ(object_of(pending_view{0, 3, presence::absent}), R"({"pending":3})");
  EXPECT_EQ(object_of_done(), R"({"ok":true})");
}

class Lines : public ::testing::Test {
protected:
  std::ostringstream out_;
  std::ostringstream err_;
  screen plain_{out_, err_, {}};
  screen coloured_{out_, err_, {true, true}};
};

TEST_F(Lines, events_of_a_topic) {
  topic_event event;
  event.kind = event_kind::set;
  event.key = "typing:bob";
  event.client = "bob";
  EXPECT_EQ(line_of(event, plain_), "+ typing:bob bob");
  event.payload = body::bytes("yes");
  EXPECT_EQ(line_of(event, plain_), "+ typing:bob bob yes");
  event.kind = event_kind::clear;
  event.reason = clear_reason::disconnect;
  EXPECT_EQ(line_of(event, plain_), "- typing:bob bob disconnect");
  event.kind = event_kind::message;
  event.payload = body::json(R"({"says":"hello"})");
  EXPECT_EQ(line_of(event, plain_), R"(bob {"says":"hello"})");
}

TEST_F(Lines, an_entry_with_the_time_it_has_left) {
  const entry_view entry{"k", "bob", body::bytes("x"), std::chrono::milliseconds{12'345}};
  EXPECT_EQ(listed(entry), "k bob 12.3 s x");
  EXPECT_EQ(line_of(entry, plain_), "+ k bob x");
}

TEST_F(Lines, colours_stand_around_text_that_was_made_printable_before) {
  topic_event event;
  event.kind = event_kind::set;
  event.key = "\x1b[0m";
  event.client = "bob";
  EXPECT_EQ(line_of(event, coloured_), "\x1b[32m+ \\u001b[0m\x1b[0m bob");
}

TEST_F(Lines, results_go_to_one_side_and_complaints_to_the_other) {
  plain_.result("one");
  plain_.complain("two");
  coloured_.complain("three");
  EXPECT_EQ(out_.str(), "one\n");
  EXPECT_EQ(err_.str(), "restante: two\n\x1b[31mrestante:\x1b[0m three\n");
}

} // namespace

} // namespace restante::cli
