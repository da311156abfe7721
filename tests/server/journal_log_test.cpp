// The log lines about a data directory, and which of its faults may be temporary.

#include "restante/broker/server/journal_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace restante::serve {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// `warning journal_slots slots=3 wanted=5`: each line, without the numbers of bytes.
class remembering_log final : public gateway::event_log {
public:
  using event_log::write;
  void write(gateway::severity how, std::string_view event,
             std::span<const gateway::log_field> fields) override {
    std::string line = how == gateway::severity::warning ? "warning " : "info ";
    line += event;
    for (const auto& field : fields) {
      if (field.name == "directory")
        EXPECT_FALSE(field.text.empty());
      else if (!field.name.ends_with("bytes") && field.name != "ms")
        line.append(" ").append(field.name).append("=").append(field.text);
    }
    lines.push_back(std::move(line));
  }

  std::vector<std::string> lines;
};

class JournalLog : public ::testing::Test {
protected:
  void SetUp() override {
    root_ = (std::filesystem::temp_directory_path() / "restante-serve-XXXXXX").string();
    ASSERT_NE(mkdtemp(root_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::unique_ptr<journal::store> open(std::uint32_t slots, const std::string& name = "data") {
    return logged_opener(root_ + "/" + name, log_)({.slots = slots, .key = {1, 2, 3}});
  }

  std::string root_;
  std::shared_ptr<remembering_log> log_ = std::make_shared<remembering_log>();
};

broker_stats with_slots_to_restore(std::uint64_t slots) {
  broker_stats seen;
  seen.journal.emplace().slots_to_restore = slots;
  return seen;
}

TEST_F(JournalLog, D2_says_what_is_in_a_directory) {
  {
    auto fresh = open(3);
    kept_notification one;
    one.to = {"", "bob"};
    one.trace = {1, 2};
    one.expires_at = instant::never();
    auto read = one;
    read.trace = {1, 3};
    read.delivered_at = {5};
    std::vector<journal_changes> changes(1);
    changes[0].puts = {one, read};
    fresh->commit(changes);
  }
  open(3);
  EXPECT_THAT(log_->lines,
              ElementsAre("info journal_opened slots=3 notifications=0 undelivered=0",
                          "info journal_opened slots=3 notifications=2 undelivered=1"));
}

TEST_F(JournalLog, warns_of_slots_that_are_not_those_that_are_wanted) {
  open(3);
  log_->lines.clear();
  EXPECT_EQ(open(5)->identity().slots, 3U);
  EXPECT_THAT(log_->lines, ElementsAre("info journal_opened slots=3 notifications=0 undelivered=0",
                                       "warning journal_slots slots=3 wanted=5"));
}

TEST_F(JournalLog, a_directory_that_cannot_be_used_is_named_and_nothing_is_logged) {
  const auto has_it = open(1);
  log_->lines.clear();
  for (const auto& [name, fault] : {std::pair{"data", journal::storage_fault::locked},
                                    std::pair{"no/such", journal::storage_fault::unusable}}) {
    try {
      open(1, name);
      FAIL() << name;
    } catch (const journal::storage_error& why) {
      EXPECT_EQ(why.fault(), fault) << why.what();
      EXPECT_THAT(why.what(), HasSubstr(root_ + "/" + name));
    }
  }
  EXPECT_THAT(log_->lines, IsEmpty());
}

TEST_F(JournalLog, what_may_pass_is_worth_another_start) {
  using enum journal::storage_fault;
  for (const auto fault : {locked, full, io})
    EXPECT_TRUE(may_pass(fault));
  for (const auto fault : {corrupt, unknown_version, read_only, unusable})
    EXPECT_FALSE(may_pass(fault));
}

TEST_F(JournalLog, D2_the_end_of_a_restart_is_said_once) {
  restoration_log restored{log_};
  EXPECT_FALSE(restored.is_complete(with_slots_to_restore(2)));
  EXPECT_FALSE(restored.is_complete(with_slots_to_restore(1)));
  EXPECT_TRUE(restored.is_complete(with_slots_to_restore(0)));
  EXPECT_TRUE(restored.is_complete(with_slots_to_restore(0)));
  EXPECT_THAT(log_->lines, ElementsAre("info journal_restored"));
}

TEST_F(JournalLog, without_a_journal_there_is_nothing_to_say) {
  restoration_log restored{log_};
  EXPECT_TRUE(restored.is_complete(broker_stats{}));
  EXPECT_THAT(log_->lines, IsEmpty());
}

} // namespace

} // namespace restante::serve
