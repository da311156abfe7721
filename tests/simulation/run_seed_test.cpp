#include "restante/tests/simulation/echo.hpp"
#include "restante/tests/simulation/generator.hpp"
#include "restante/tests/simulation/run_seed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace restante::simulation {

namespace {

const limits small{.queue_max = 4, .keys_per_client_max = 5};

bool contains(const script& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

TEST(ReferenceShrink, keeps_only_what_is_needed) {
  script from;
  for (int i = 0; i < 100; ++i)
    from.push_back(std::to_string(i));
  auto least = shrink(
      from, [](const script& lines) { return contains(lines, "17") && contains(lines, "83"); });
  EXPECT_EQ(least, (script{"17", "83"}));
}

TEST(ReferenceShrink, gives_up_after_its_tries) {
  script from(64, "x");
  std::size_t asked = 0;
  auto least = shrink(
      from, [&](const script&) { return ++asked > 1'000; }, 5);
  EXPECT_EQ(least.size(), 64u);
  EXPECT_EQ(asked, 5u);
}

TEST(ReferenceGenerator, writes_the_same_script_for_the_same_seed) {
  EXPECT_EQ(generator(7, small).write(200), generator(7, small).write(200));
  EXPECT_NE(generator(7, small).write(200), generator(8, small).write(200));
}

/// If scripts reached too little, a simulation without a difference would prove nothing.
TEST(ReferenceGenerator, reaches_what_matters) {
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    auto lines = generator{seed, small}.write(300);
    reference world{small};
    std::uint64_t number = 0;
    for (const auto& line : lines) {
      for (const auto& output : world.text(line, ++number)) {
        if (output.contains("error"))
          ++seen[output["error"]["code"]];
        for (const auto* field : {"duplicate", "evicted", "collapsed", "late", "outcomes", "reply"})
          if (output.contains(field))
            ++seen[field];
        if (output.contains("notification") && output["notification"].contains("due_at_ms"))
          ++seen["scheduled"];
        if (output.contains("resumed") && output["resumed"] == true)
          ++seen["resumed"];
        if (!output.contains("frame"))
          continue;
        const auto& frame = output["frame"];
        ++seen[frame["_orama"]];
        if (frame.contains("state") && frame["state"] == "collapsed" &&
            line.find("notify.put") == std::string::npos)
          ++seen["collapsed when it returned"];
        for (const auto* field : {"state", "reason"})
          if (frame.contains(field))
            ++seen[frame[field]];
        if (frame.contains("attempts") && frame["attempts"] > 1)
          ++seen["again"];
      }
    }
  }
  for (const auto* what : {"bad_frame",
                           "unknown_op",
                           "invalid_argument",
                           "payload_too_large",
                           "too_many_targets",
                           "not_found",
                           "not_a_suit",
                           "stale_connection",
                           "too_many_keys",
                           "too_many_waiters",
                           "timeout",
                           "forbidden",
                           "duplicate",
                           "evicted",
                           "collapsed",
                           "collapsed when it returned",
                           "scheduled",
                           "target_full",
                           "late",
                           "outcomes",
                           "reply",
                           "resumed",
                           "again",
                           "queued",
                           "offered",
                           "delivered",
                           "replied",
                           "expired",
                           "explicit",
                           "disconnect",
                           "taken_over",
                           "notify.deliver",
                           "notify.receipt",
                           "ephemeral.set",
                           "ephemeral.clear",
                           "ephemeral.lost",
                           "ephemeral.snapshot",
                           "topic.message",
                           "client.presence"})
    EXPECT_GE(seen[what], 2) << what;
}

TEST(ReferenceRunSeed, the_reference_agrees_with_itself) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto failed = run_seed(seed, small, make_echo());
    EXPECT_FALSE(failed) << failed->report("");
  }
  auto failed = run_seed(1, limits{}, make_echo());
  EXPECT_FALSE(failed) << failed->report("");
}

/// The shortest script, among a few seeds, that shows the fault.
std::optional<failure> caught(const tamper& fault) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    if (auto failed = run_seed(seed, small, make_echo(fault), 400))
      return failed;
  return std::nullopt;
}

TEST(ReferenceRunSeed, a_forgotten_clear_is_caught_and_made_small_E6) {
  auto failed = caught([](std::vector<json>& output) {
    std::erase_if(output, [](const json& each) {
      return each.contains("frame") && each["frame"].contains("reason") &&
             each["frame"]["reason"] == "disconnect";
    });
  });
  ASSERT_TRUE(failed);
  EXPECT_LE(failed->minimal.size(), 5u) << failed->report("");
  auto report = failed->report("demo --seed 1");
  EXPECT_NE(report.find("demo --seed 1"), std::string::npos);
  EXPECT_NE(report.find("ephemeral.clear"), std::string::npos) << report;
}

TEST(ReferenceRunSeed, attempts_that_stay_behind_are_caught_N11) {
  auto failed = caught([](std::vector<json>& output) {
    for (auto& each : output)
      if (each.contains("frame") && each["frame"].contains("attempts"))
        each["frame"]["attempts"] = 1;
  });
  ASSERT_TRUE(failed);
  EXPECT_LE(failed->minimal.size(), 4u) << failed->report("");
}

TEST(ReferenceRunSeed, swapped_events_are_caught_E10) {
  auto failed = caught([](std::vector<json>& output) {
    for (std::size_t i = 1; i < output.size(); ++i) {
      auto& a = output[i - 1];
      auto& b = output[i];
      if (a.contains("frame") && b.contains("frame") && a["to"] == b["to"] &&
          a["frame"].contains("seq") && b["frame"].contains("seq") &&
          a["frame"]["topic"] == b["frame"]["topic"])
        std::swap(a["frame"], b["frame"]);
    }
  });
  ASSERT_TRUE(failed);
  EXPECT_LE(failed->minimal.size(), 7u) << failed->report("");
}

TEST(ReferenceRunSeed, a_subject_that_throws_is_caught) {
  auto failed = caught([](std::vector<json>& output) {
    if (!output.empty() && output[0].contains("evicted"))
      throw std::runtime_error("evicted too much");
  });
  ASSERT_TRUE(failed);
  EXPECT_LE(failed->minimal.size(), small.queue_max + 4) << failed->report("");
  EXPECT_NE(failed->last.text.find("evicted too much"), std::string::npos);
}

} // namespace

} // namespace restante::simulation
