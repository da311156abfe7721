// The operator commands for a journal that no broker uses.

#include "restante/broker/journal/operators.hpp"
#include "restante/tests/journal/testbeds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace restante::journal::testing {
namespace {

using ::testing::HasSubstr;

slot_number slot_by_length(const client_address& client, std::uint32_t slots,
                           const std::array<std::uint8_t, 16>&) {
  return static_cast<slot_number>(client.client.size() % slots);
}

class Operators : public ::testing::Test {
protected:
  void SetUp() override {
    auto store = testbed_.open();
    std::vector<journal_changes> changes;
    for (std::uint64_t n = 0; n < 700; ++n) {
      auto kept = notification(n, std::string(1 + n % 9, 'c'));
      kept.attempts = static_cast<std::uint32_t>(n % 3);
      changes.push_back(puts(slot_by_length(kept.to, identity_for_tests.slots, {}), {kept}));
    }
    store->commit(changes);
    for (const auto& one : changes)
      all_[one.client.client].push_back(one.puts.front());
    next_epoch_ = store->reserve_epochs(77, 3) + 3;
  }

  std::filesystem::path directory() const { return testbed_.directory(); }

  sqlite_testbed testbed_;
  std::map<std::string, std::vector<kept_notification>> all_;
  epoch_number next_epoch_ = 0;
};

TEST_F(Operators, D4_a_check_counts_and_finds_nothing_wrong) {
  const auto report = check(directory(), slot_by_length);
  EXPECT_TRUE(report.is_sound);
  ASSERT_EQ(report.lines.size(), 5U);
  EXPECT_THAT(report.lines[0], HasSubstr("version 2, 4 slots, 2 commits"));
}

TEST_F(Operators, D4_a_check_finds_what_stands_in_the_wrong_slot) {
  commit(*testbed_.open(), puts(0, {notification(1, "c")}));
  EXPECT_TRUE(check(directory()).is_sound);
  const auto report = check(directory(), slot_by_length);
  EXPECT_FALSE(report.is_sound);
  EXPECT_THAT(report.lines[2], HasSubstr("slot 0: 1 belong into another slot"));
}

TEST_F(Operators, D4_a_check_reports_damage_by_slot_and_goes_on) {
  const std::string pack{all_["cc"][3].pack.view()}; // of slot 2
  std::fstream file{directory() / "journal.db", std::ios::in | std::ios::out | std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto at = text.find(pack);
  ASSERT_NE(at, std::string::npos);
  file.seekp(static_cast<std::streamoff>(at + 12)).put('#');
  file.close();
  const auto report = check(directory());
  EXPECT_FALSE(report.is_sound);
  ASSERT_EQ(report.lines.size(), 5U);
  EXPECT_THAT(report.lines[3], HasSubstr("slot 2: after"));
  EXPECT_THAT(report.lines[4], HasSubstr("notifications"));
}

TEST_F(Operators, D4_every_live_notification_is_shown_in_order) {
  std::map<std::string, std::vector<kept_notification>> shown;
  for_each(directory(), {1}, [&](slot_number slot, const kept_notification& kept) {
    EXPECT_EQ(slot, slot_by_length(kept.to, identity_for_tests.slots, {}));
    shown[kept.to.client].push_back(kept);
  });
  EXPECT_EQ(shown, all_);
  int left = 0;
  for_each(directory(), {1000 * second + 600}, [&](slot_number, const auto&) { ++left; });
  EXPECT_EQ(left, 100);
}

TEST_F(Operators, D4_a_journal_moves_to_another_number_of_slots) {
  const auto to = directory().parent_path() / "moved";
  move_to(directory(), to, 7, slot_by_length);
  EXPECT_THROW(move_to(directory(), to, 7, slot_by_length), storage_error);
  EXPECT_TRUE(check(to, slot_by_length).is_sound);
  EXPECT_TRUE(check(directory(), slot_by_length).is_sound);
  sqlite_store moved{to};
  EXPECT_EQ(moved.identity().slots, 7U);
  EXPECT_EQ(moved.identity().key, identity_for_tests.key);
  EXPECT_EQ(moved.reserve_epochs(0, 1), next_epoch_);
  std::map<std::string, std::vector<kept_notification>> shown;
  for (slot_number slot = 0; slot < 7; ++slot) {
    for (auto& kept : restored(moved, slot))
      shown[kept.to.client].push_back(kept);
  }
  for (auto* side : {&shown, &all_}) {
    for (auto& client : *side) {
      for (auto& kept : client.second)
        kept.row = 0;
    }
  }
  EXPECT_EQ(shown, all_);
}

TEST_F(Operators, D4_nothing_is_made_where_there_is_no_journal) {
  const temporary_directory empty;
  EXPECT_THROW(check(empty.path()), storage_error);
  EXPECT_FALSE(std::filesystem::exists(empty.path() / "journal.db"));
}

TEST_F(Operators, D3_a_journal_that_a_broker_has_is_left_alone) {
  const auto running = testbed_.open();
  try {
    check(directory());
    FAIL();
  } catch (const storage_error& error) {
    EXPECT_EQ(error.fault(), storage_fault::locked);
  }
}

} // namespace
} // namespace restante::journal::testing
