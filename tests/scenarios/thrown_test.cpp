// An exception of an embedder's function is logged: which function of which connection, and the
// text.

#include "restante/actors/protocol/thrown_log.hpp"
#include "restante/tests/support/notifications.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Thrown : public NotificationWorld {
protected:
  void SetUp() override {
    how.log = [this](std::string_view line) { logged.emplace_back(line); };
  }

  std::vector<std::string> logged;
};

[[noreturn]] void fail() {
  throw std::runtime_error{"no paper"};
}

TEST_F(Thrown, C7_a_handler_that_throws_is_logged_with_its_name_and_text) {
  auto bob =
      w().broker().connect({.client = "bob"}, {.on_notification = [](const auto&) { fail(); }});
  put(text_to("bob", "x"));
  w().settle();
  EXPECT_THAT(logged, ElementsAre("connection bob: handler on_notification threw: no paper"));
}

TEST_F(Thrown, C7_every_handler_is_named) {
  const std::vector<std::string> names{"on_connected", "on_notification", "on_event", "on_lost",
                                       "on_presence",  "on_receipt",      "on_end"};
  auto alice = w().connect("alice");
  for (std::size_t which = 0; which < names.size(); ++which) {
    logged.clear();
    const auto fail_at = [which](std::size_t at) {
      return [which, at](const auto&...) {
        if (which == at)
          fail();
      };
    };
    handlers what;
    what.on_connected = fail_at(0);
    what.on_notification = fail_at(1);
    what.on_event = fail_at(2);
    what.on_lost = fail_at(3);
    what.on_presence = fail_at(4);
    what.on_receipt = fail_at(5);
    what.on_end = fail_at(6);
    auto bob = w().broker().connect({.client = "bob"}, what);
    of(bob.subscribe("topic"));
    bob.set("topic", "key");
    alice->set("topic", "key");
    bob.watch("alice");
    auto traced = text_to("bob", "x", 1s);
    traced.want = receipts::wanted;
    bob.put(traced);
    w().settle();
    bob.cut();
    w().settle();
    EXPECT_THAT(logged,
                ElementsAre("connection bob: handler " + names[which] + " threw: no paper"));
    w().pass(2s);
  }
}

TEST_F(Thrown, C7_the_namespace_is_said_and_other_exceptions_are_told_apart) {
  auto bob = w().broker().connect({.client = "bob", .ns = "shop"},
                                  {.on_connected = [](const auto&) { throw 7; }});
  w().settle();
  EXPECT_THAT(logged, ElementsAre("connection shop/bob: handler on_connected threw: something that "
                                  "is no std::exception"));
}

TEST_F(Thrown, C7_a_completion_that_throws_is_logged) {
  auto alice = w().connect("alice");
  alice->put(text_to("bob", "x"), [](const auto&) { fail(); });
  w().settle();
  EXPECT_THAT(logged, ElementsAre("connection alice: a completion threw: no paper"));
  logged.clear();
  server().put(text_to("bob", "x"), [](const auto&) { fail(); });
  w().settle();
  EXPECT_THAT(logged, ElementsAre("the server identity: a completion threw: no paper"));
  logged.clear();
  auto carol = w().broker().connect({.client = "carol"});
  carol.connected().then([](const auto&) { fail(); });
  w().settle();
  EXPECT_THAT(logged, ElementsAre("connection carol: a completion of `connected` threw: no paper"));
}

TEST_F(Thrown, C7_a_completion_behind_a_closed_inbox_is_logged) {
  auto alice = w().connect("alice");
  for (int n = 0; n < 300; ++n) { // more than are under way at once
    alice->put(text_to("bob", "x"), [](const outcome<put_receipt>& result) {
      if (!result)
        fail();
    });
  }
  w().step();
  alice->cut();
  w().settle();
  EXPECT_THAT(logged, Contains("connection alice: a completion threw: no paper"));
}

/// A sink of an embedding program.
struct failing_sink : sink {
  void attached(const connect_receipt&) override {}
  flow take(const push&) override { fail(); }
  void ended(const goodbye&) override { fail(); }
};

TEST_F(Thrown, C7_a_sink_of_ones_own_is_logged) {
  auto bob = w().broker().connect({.client = "bob"}, std::make_unique<failing_sink>());
  put(text_to("bob", "x"));
  w().settle();
  EXPECT_THAT(logged, ElementsAre("connection bob: sink::take threw: no paper",
                                  "connection bob: sink::ended threw: no paper"));
}

TEST_F(Thrown, C7_a_refused_connect_throws_nothing_at_its_caller) {
  auto bob = w().broker().connect({.client = ""}, {.on_end = [](const auto&) { fail(); }});
  EXPECT_EQ(of(bob.connected()).code(), errc::invalid_argument);
  EXPECT_THAT(logged, ElementsAre("connection : handler on_end threw: no paper"));
}

TEST_F(Thrown, E15_what_the_publisher_hook_throws_is_logged) {
  how.publisher = [](auto, auto, auto) -> bool { fail(); };
  auto bob = w().connect("bob");
  EXPECT_EQ(of(bob->set("room", "key")).code(), errc::publisher_failed);
  EXPECT_THAT(logged, ElementsAre("topic room: the publisher hook threw: no paper"));
}

TEST_F(Thrown, C7_S8_a_completion_that_always_throws_does_not_fill_the_log) {
  const auto began = std::chrono::steady_clock::now();
  for (int n = 0; n < 2000; ++n) {
    server().put(text_to("bob", "x"), [](const auto&) { fail(); });
    w().settle();
  }
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began);
  EXPECT_GE(logged.size(), thrown_log::lines_per_second);
  EXPECT_LE(logged.size(),
            thrown_log::lines_per_second * (static_cast<std::size_t>(seconds.count()) + 2));
}

/// The log line for a given exception text.
std::string line_of(const std::string& text) {
  try {
    throw std::runtime_error{text};
  } catch (...) {
    return thrown_line("it");
  }
}

TEST(ThrownLine, C7_S8_a_text_is_cut_at_500_bytes) {
  EXPECT_EQ(line_of(std::string(500, 'x')), "it threw: " + std::string(500, 'x'));
  EXPECT_EQ(line_of(std::string(501, 'x')), "it threw: " + std::string(500, 'x') + "...");
  // No UTF-8 character is cut in two.
  EXPECT_EQ(line_of(std::string(499, 'x') + "ü"), "it threw: " + std::string(499, 'x') + "...");
}

TEST(ThrownLine, C7_a_text_is_one_line) {
  EXPECT_EQ(line_of("a\nb\r\x1b[31mc"), "it threw: a b  [31mc");
}

TEST(ThrownLog, C7_S8_what_was_left_out_is_counted) {
  std::vector<std::string> lines;
  thrown_log log{[&](std::string_view line) { lines.emplace_back(line); }};
  const auto say = [&log] {
    try {
      fail();
    } catch (...) {
      log.say("connection bob", "a completion");
    }
  };
  std::size_t said = 0;
  // Waits for a new second after more exceptions than are logged in one second.
  const auto is_counted = [&] {
    return !lines.empty() && lines.back().find("more were not logged") != std::string::npos;
  };
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (!is_counted() && std::chrono::steady_clock::now() < until) {
    say();
    ++said;
  }
  ASSERT_TRUE(is_counted());
  EXPECT_THAT(lines.back(),
              HasSubstr(" (and " + std::to_string(said - lines.size()) + " more were not logged)"));
}

} // namespace
} // namespace restante::testing
