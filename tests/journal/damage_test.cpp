// Files that are not as the store wrote them: truncated, with flipped bits, missing, or from
// another journal.

#include "restante/tests/journal/simulated_disk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace restante::journal::testing {
namespace {

using content = std::vector<std::vector<kept_notification>>; // by slot

constexpr const char* files[] = {"journal.db", "journal.db-wal", "journal.seal"};
constexpr std::size_t page_bytes = 4096;
constexpr std::size_t frame_bytes = page_bytes + 24; // of the log

content content_of(store& read) {
  content all;
  for (slot_number slot = 0; slot < identity_for_tests.slots; ++slot)
    all.push_back(restored(read, slot));
  return all;
}

/// The files of a store that was killed. Tests open altered copies of them.
class Damage : public ::testing::Test {
protected:
  /// Makes `commits` commits and records the contents after each of them.
  void run(int commits, bool is_closed) {
    auto running = testbed_.open();
    after_.push_back(content_of(*running));
    for (int n = 0; n < commits; ++n) {
      auto changes = puts(n % 4, {notification(2 * n, "bob", 300), notification(2 * n + 1)});
      if (n > 4)
        changes.offered = {{1, static_cast<std::uint32_t>(n)}};
      commit(*running, changes);
      after_.push_back(content_of(*running));
    }
    if (is_closed)
      running.reset();
    testbed_.disk().kill();
    running.reset();
    for (const auto* name : files) {
      const auto* text = testbed_.disk().content(name);
      good_.push_back(text ? std::optional{*text} : std::nullopt);
    }
  }

  std::string& good(int file) { return *good_[file]; }

  void put_back() {
    testbed_.disk().kill();
    for (std::size_t n = 0; n < std::size(files); ++n) {
      if (auto* text = testbed_.disk().content(files[n]))
        *text = good_[n].value_or("");
    }
  }

  /// The contents that a store finds now; nothing when the store refuses the files.
  std::optional<content> found() {
    try {
      auto opened = testbed_.open();
      auto all = content_of(*opened);
      testbed_.disk().kill();
      return all;
    } catch (const storage_error& error) {
      testbed_.disk().kill();
      last_fault_ = error.fault();
      last_text_ = error.what();
      return {};
    }
  }

  simulated_testbed testbed_;
  std::vector<content> after_;
  std::vector<std::optional<std::string>> good_;
  storage_fault last_fault_ = storage_fault::io;
  std::string last_text_;
};

/// Every byte of the last two pages of a file, and many bytes before them.
std::vector<std::size_t> cuts_of(std::size_t size, std::size_t page) {
  std::vector<std::size_t> cuts;
  for (std::size_t cut = 0; cut < size;) {
    cuts.push_back(cut);
    const bool is_near_edge = cut % page < 100 || cut % page > page - 100;
    cut += size - cut <= 2 * page ? 1 : is_near_edge ? 5 : 97;
  }
  return cuts;
}

TEST_F(Damage, D3_a_log_cut_at_any_byte_is_refused_when_a_commit_is_lost) {
  run(9, false);
  const auto& log = good(1);
  ASSERT_GT(log.size(), 16'000U);
  for (const auto cut : cuts_of(log.size(), frame_bytes)) {
    put_back();
    *testbed_.disk().content(files[1]) = log.substr(0, cut);
    const auto all = found();
    ASSERT_FALSE(all) << "cut at " << cut;
    ASSERT_EQ(last_fault_, storage_fault::corrupt) << last_text_;
  }
  put_back();
  ASSERT_EQ(found(), after_.back());
}

TEST_F(Damage, D1_a_log_cut_at_any_byte_without_a_commit_mark_holds_the_commits_before_it) {
  run(9, false);
  const auto& log = good(1);
  good_[2].reset(); // as after a power loss, or in a backup
  std::size_t had = 0;
  for (const auto cut : cuts_of(log.size(), frame_bytes)) {
    put_back();
    *testbed_.disk().content(files[1]) = log.substr(0, cut);
    const auto all = found();
    if (!all) { // not even the schema of a journal was in the file
      ASSERT_EQ(had, 0U) << "cut at " << cut << ": " << last_text_;
      ASSERT_EQ(last_fault_, storage_fault::corrupt) << last_text_;
      continue;
    }
    const auto commit = std::find(after_.begin(), after_.end(), *all);
    ASSERT_NE(commit, after_.end()) << "cut at " << cut;
    const auto commits = static_cast<std::size_t>(commit - after_.begin());
    ASSERT_GE(commits, had) << "a longer log holds no less: cut at " << cut;
    had = commits;
  }
  EXPECT_EQ(had, 8U) << "all but the one that was cut";
}

TEST_F(Damage, D3_a_database_cut_at_any_byte_is_refused_or_whole) {
  run(12, true);
  const auto& database = good(0);
  std::size_t refused = 0;
  const auto cuts = cuts_of(database.size(), page_bytes);
  for (const auto cut : cuts) {
    put_back();
    *testbed_.disk().content(files[0]) = database.substr(0, cut);
    if (const auto all = found()) {
      ASSERT_EQ(*all, after_.back()) << "cut at " << cut;
    } else {
      ++refused;
      ASSERT_EQ(last_fault_, storage_fault::corrupt) << "cut at " << cut << ": " << last_text_;
    }
  }
  EXPECT_GT(refused, cuts.size() / 2);
}

TEST_F(Damage, D3_no_flipped_bit_is_ever_believed) {
  for (const bool is_closed : {false, true}) {
    SCOPED_TRACE(is_closed ? "closed" : "killed");
    after_.clear();
    good_.clear();
    testbed_.disk().kill();
    for (const auto* name : files)
      testbed_.disk().remove(name);
    run(12, is_closed);
    std::mt19937_64 random{42};
    int refused = 0;
    for (int n = 0; n < 700; ++n) {
      put_back();
      const auto file = n % 8 == 0 ? 2U : is_closed ? 0U : 1U;
      auto& text = *testbed_.disk().content(files[file]);
      ASSERT_FALSE(text.empty());
      const auto at = random() % text.size();
      text[at] = static_cast<char>(text[at] ^ (1 << random() % 8));
      if (const auto all = found())
        ASSERT_EQ(*all, after_.back()) << files[file] << " at " << at;
      else
        ++refused;
    }
    EXPECT_GT(refused, 50);
  }
}

TEST_F(Damage, D3_a_damaged_pack_is_refused_with_its_slot) {
  run(12, true);
  auto& text = *testbed_.disk().content(files[0]);
  const auto pack = std::string{after_.back()[2][0].pack.view()};
  const auto at = text.find(pack);
  ASSERT_NE(at, std::string::npos);
  text[at + 20] ^= 1;
  auto opened = testbed_.open();
  EXPECT_EQ(restored(*opened, 1), after_.back()[1]);
  try {
    restored(*opened, 2);
    FAIL() << "it was believed";
  } catch (const storage_error& error) {
    EXPECT_EQ(error.fault(), storage_fault::corrupt);
    EXPECT_EQ(error.slot(), slot_number{2});
  }
  // The other slots stay usable.
  EXPECT_NO_THROW(commit(*opened, puts(1, {notification(99)})));
}

TEST_F(Damage, D3_a_file_that_is_gone_or_empty_is_no_fresh_start) {
  for (const int file : {0, 1}) {
    after_.clear();
    good_.clear();
    run(3, file == 0);
    if (file == 1)
      good_[0] = ""; // only the log is left
    else
      good_[0] = std::string(good(0).size(), '\0');
    put_back();
    EXPECT_FALSE(found());
    EXPECT_EQ(last_fault_, storage_fault::corrupt) << last_text_;
    good_[0] = "";
    put_back();
    EXPECT_FALSE(found());
    EXPECT_EQ(last_fault_, storage_fault::corrupt) << last_text_;
    good_[1].reset();
    good_[2].reset();
    put_back();
    EXPECT_FALSE(found()) << "an empty file is none that this program leaves";
    EXPECT_EQ(last_fault_, storage_fault::corrupt) << last_text_;
    for (const auto* name : files)
      testbed_.disk().remove(name);
    EXPECT_TRUE(found()) << "nothing at all is a fresh start: " << last_text_;
    testbed_.disk().kill();
    for (const auto* name : files)
      testbed_.disk().remove(name);
  }
}

TEST_F(Damage, D3_a_crash_while_a_journal_is_made_is_no_damage) {
  for (unsigned calls = 0; calls < 400; ++calls) {
    for (const bool is_power_lost : {false, true}) {
      simulated_testbed testbed;
      testbed.disk().plan(simulated_disk::fault::io, calls, 1'000'000);
      try {
        testbed.open();
      } catch (const storage_error&) { // NOLINT(bugprone-empty-catch)
      }
      if (!testbed.disk().has_failed())
        return; // every change was made
      if (is_power_lost)
        testbed.disk().lose_power();
      else
        testbed.disk().kill();
      EXPECT_NO_THROW(testbed.open()) << "after " << calls << " calls";
    }
  }
  FAIL() << "making a journal takes more calls than that";
}

TEST_F(Damage, D3_refusing_changes_nothing) {
  run(9, false);
  good(1).resize(good(1).size() - 5000);
  put_back();
  for (int tries = 0; tries < 2; ++tries) {
    EXPECT_FALSE(found());
    for (std::size_t n = 0; n < std::size(files); ++n)
      EXPECT_EQ(*testbed_.disk().content(files[n]), good(static_cast<int>(n))) << files[n];
  }
}

TEST_F(Damage, D3_a_backup_is_taken_once_its_commit_mark_is_removed) {
  run(4, true);
  const auto backup = good(0);
  const auto then = after_.back();
  after_.clear();
  good_.clear();
  run(4, true);
  good(0) = backup;
  put_back();
  EXPECT_FALSE(found());
  EXPECT_NE(last_text_.find("remove"), std::string::npos) << last_text_;
  good_[2].reset();
  put_back();
  EXPECT_EQ(found(), then);
}

} // namespace
} // namespace restante::journal::testing
