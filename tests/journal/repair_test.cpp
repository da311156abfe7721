// How much can be recovered from a damaged journal.

#include "restante/broker/journal/backup.hpp"
#include "restante/broker/journal/repair.hpp"
#include "restante/broker/journal/salvage.hpp"
#include "restante/tests/journal/testbeds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sys/stat.h>

namespace restante::journal::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
namespace files = std::filesystem;

constexpr std::size_t page_bytes = 4096;

slot_number slot_by_length(const client_address& client, std::uint32_t slots,
                           const std::array<std::uint8_t, 16>&) {
  return static_cast<slot_number>(client.client.size() % slots);
}

std::string text_of(const files::path& file) {
  std::ifstream raw{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{raw}, {}};
}

void write(const files::path& file, const std::string& text) {
  std::ofstream{file, std::ios::binary} << text;
}

class Repair : public ::testing::Test {
protected:
  void SetUp() override {
    auto running = testbed_.open();
    fill(*running, 0, 600);
    std::vector<journal_changes> ended(identity_for_tests.slots);
    for (slot_number slot = 0; slot < identity_for_tests.slots; ++slot) {
      ended[slot].slot = slot;
      for (row_number row = 1; row <= 60; ++row)
        ended[slot].gone.push_back(row);
    }
    running->commit(ended);
  }

  static void fill(store& to, std::uint64_t first, std::uint64_t count) {
    std::vector<journal_changes> all;
    for (auto n = first; n < first + count; ++n) {
      auto kept = notification(n, std::string(1 + n % 9, 'c'), n % 40 == 0 ? 20'000 : 200);
      kept.attempts = static_cast<std::uint32_t>(n % 3);
      if (n % 10 == 0) {
        kept.reply = body::bytes(std::string(n % 20 == 0 ? 6000 : 7, 'r'));
        kept.replied_at = {static_cast<std::int64_t>(n) + 1};
      }
      all.push_back(puts(slot_by_length(kept.to, identity_for_tests.slots, {}), {kept}));
    }
    to.commit(all);
  }

  files::path directory() const { return testbed_.directory(); }
  files::path database() const { return directory() / "journal.db"; }

  /// All kept notifications, without their rows: a repaired journal has new rows.
  static std::vector<kept_notification> content(const files::path& location) {
    std::vector<kept_notification> all;
    for_each(location, {1}, [&](slot_number, auto kept) {
      kept.row = 0;
      all.push_back(std::move(kept));
    });
    return all;
  }

  repair_report repaired() {
    files::remove_all(to_);
    const auto before = files_of();
    auto report = repair(directory(), to_, slot_by_length);
    EXPECT_EQ(files_of(), before) << "what is damaged stays as it was found";
    EXPECT_TRUE(check(to_, slot_by_length).is_sound);
    EXPECT_EQ(figures_of(to_).stats.notifications, report.found);
    return report;
  }

  std::map<std::string, std::string> files_of() const {
    std::map<std::string, std::string> found;
    for (const auto& one : files::directory_iterator{directory()}) {
      if (one.path().filename() != "journal.lock")
        found[one.path().filename().string()] = text_of(one.path());
    }
    return found;
  }

  /// Everything in the repaired journal was in the original, in that order. Missing notifications
  /// are counted. A partly recovered notification is restored as if it had not been offered.
  static void expect_part(const std::vector<kept_notification>& part,
                          const std::vector<kept_notification>& all) {
    std::map<trace_id, std::size_t> places;
    for (std::size_t n = 0; n < all.size(); ++n)
      places[all[n].trace] = n;
    std::size_t last = 0;
    for (const auto& kept : part) {
      const auto location = places.find(kept.trace);
      ASSERT_NE(location, places.end()) << "one that was not there";
      EXPECT_LE(last, location->second) << "the order";
      last = location->second;
      auto wanted = all[location->second];
      if (kept.attempts == 0)
        wanted.attempts = 0;
      if (kept.replied_at.ns == 0) {
        wanted.replied_at = {};
        wanted.reply = {};
      }
      EXPECT_EQ(kept, wanted);
    }
  }

  void expect_refused(const files::path& from, storage_fault why, const std::string& text) {
    try {
      repair(from, to_, slot_by_length);
      ADD_FAILURE() << "it was done: " << from;
    } catch (const storage_error& error) {
      EXPECT_EQ(error.fault(), why) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(text));
    }
    EXPECT_FALSE(files::exists(to_));
  }

  sqlite_testbed testbed_;
  temporary_directory root_;
  files::path to_ = root_.path() / "repaired";
};

TEST_F(Repair, D3_a_sound_journal_comes_out_whole) {
  const auto report = repaired();
  EXPECT_TRUE(report.is_complete) << ::testing::PrintToString(report.notes);
  EXPECT_EQ(report.missing, 0U);
  EXPECT_TRUE(report.lost.empty());
  EXPECT_EQ(content(to_), content(directory()));
  EXPECT_EQ(figures_of(to_).identity.key, identity_for_tests.key);
  EXPECT_EQ(figures_of(to_).identity.slots, identity_for_tests.slots);
}

TEST_F(Repair, D3_of_a_killed_one_the_log_is_read_too) {
  auto running = testbed_.open();
  fill(*running, 1000, 30);
  testbed_.crash(std::move(running));
  const auto report = repaired();
  EXPECT_TRUE(report.is_complete) << ::testing::PrintToString(report.notes);
  EXPECT_EQ(content(to_), content(directory()));
}

/// Each page, whatever its use, is overwritten once with zeros and once with noise.
TEST_F(Repair, D3_whichever_page_is_destroyed_the_rest_is_had) {
  const auto all = content(directory());
  const auto good = text_of(database());
  const auto copy = root_.path() / "bad.db";
  std::mt19937 random{7};
  std::size_t complete = 0;
  std::size_t most_lost = 0;
  for (std::size_t page = 0; page * page_bytes < good.size(); ++page) {
    for (const bool is_noise : {false, true}) {
      SCOPED_TRACE("page " + std::to_string(page + 1) + (is_noise ? " noise" : " zeros"));
      auto bad = good;
      for (std::size_t n = 0; n < page_bytes; ++n)
        bad[page * page_bytes + n] = is_noise ? static_cast<char>(random()) : '\0';
      write(copy, bad);
      salvage found{copy, page_image::log_use::read};
      std::vector<kept_notification> part;
      for (const auto& put : found.puts()) {
        kept_notification kept;
        ASSERT_TRUE(found.read(put, kept));
        kept.row = 0;
        part.push_back(std::move(kept));
      }
      expect_part(part, all);
      ASSERT_GE(all.size(), part.size());
      most_lost = std::max(most_lost, all.size() - part.size());
      bool is_complete = found.journal().has_value();
      for (slot_number slot = 0; slot < identity_for_tests.slots; ++slot)
        is_complete = is_complete && found.is_complete(slot);
      if (is_complete) {
        EXPECT_EQ(part, all);
        ++complete;
      }
      if (HasFailure())
        return;
    }
  }
  EXPECT_GT(most_lost, 0U);
  EXPECT_LT(most_lost, 25U) << "no more than one page holds";
  EXPECT_GT(complete, 4U) << "header, pointer map, inner and free pages are not needed";
}

TEST_F(Repair, D3_what_is_lost_is_counted_slot_by_slot) {
  const auto all = content(directory());
  const auto good = text_of(database());
  const std::string pack{all[100].pack.view()};
  const auto page = good.find(pack) / page_bytes; // a leaf
  auto bad = good;
  std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(page * page_bytes), page_bytes, '\0');
  write(database(), bad);
  const auto report = repaired();
  EXPECT_FALSE(report.is_complete);
  EXPECT_GT(report.missing, 3U);
  EXPECT_EQ(report.found + report.missing, all.size());
  std::uint64_t missing = 0;
  for (const auto& slot : report.slots) {
    ASSERT_TRUE(slot.expected);
    EXPECT_EQ(slot.is_complete, slot.found == *slot.expected);
    missing += *slot.expected - slot.found;
  }
  EXPECT_EQ(missing, report.missing);
  // Notifications with attempts or a reply are known to have existed.
  EXPECT_FALSE(report.lost.empty());
  EXPECT_LE(report.lost.size(), report.missing);
  expect_part(content(to_), all);
}

TEST_F(Repair, D3_without_header_schema_and_pointer_map_everything_is_had) {
  const auto all = content(directory());
  auto bad = text_of(database());
  for (std::size_t n = 0; n < 2 * page_bytes; ++n)
    bad[n] = '\x5a';
  write(database(), bad);
  const auto report = repaired();
  // After this damage free pages cannot be told from used pages: rows of ended notifications may be
  // found in them.
  std::set<trace_id> found;
  for (const auto& kept : content(to_))
    found.insert(kept.trace);
  for (const auto& kept : all)
    EXPECT_TRUE(found.contains(kept.trace));
  EXPECT_EQ(report.missing, 0U);
}

TEST_F(Repair, D3_a_cut_file_gives_what_is_left_of_it) {
  const auto all = content(directory());
  const auto good = text_of(database());
  for (const auto part : {3, 5, 8}) {
    write(database(), good.substr(0, good.size() * static_cast<std::size_t>(part) / 10));
    const auto report = repaired();
    EXPECT_FALSE(report.is_complete);
    EXPECT_GT(report.found, 0U);
    expect_part(content(to_), all);
    EXPECT_EQ(content(to_).size(), report.found);
  }
}

TEST_F(Repair, D3_a_damaged_row_is_named) {
  const auto all = content(directory());
  const auto& victim = all[100];
  auto bad = text_of(database());
  const auto at = bad.find(std::string{victim.pack.view()});
  ASSERT_NE(at, std::string::npos);
  bad[at + 30] = '#';
  write(database(), bad);
  const auto report = repaired();
  EXPECT_FALSE(report.is_complete);
  EXPECT_EQ(report.missing, 1U);
  ASSERT_EQ(report.lost.size(), 1U);
  EXPECT_EQ(report.lost[0].trace, victim.trace);
  EXPECT_EQ(report.lost[0].to, victim.to);
  EXPECT_EQ(report.found, all.size() - 1);
}

TEST_F(Repair, D3_a_missing_log_is_said_and_the_database_is_had) {
  const auto before = content(directory());
  auto running = testbed_.open();
  fill(*running, 1000, 30);
  testbed_.crash(std::move(running));
  files::remove(directory() / "journal.db-wal");
  const auto report = repaired();
  EXPECT_FALSE(report.is_complete);
  EXPECT_THAT(report.notes, Contains(HasSubstr("commits only the first")));
  EXPECT_EQ(content(to_), before);
}

TEST_F(Repair, D3_a_missing_commit_mark_is_reported) {
  files::remove(directory() / "journal.seal");
  const auto report = repaired();
  EXPECT_THAT(report.notes, Contains(HasSubstr("seal is missing")));
  EXPECT_TRUE(report.is_complete);
}

TEST_F(Repair, D3_the_log_of_another_database_is_left_out) {
  const auto all = content(directory());
  sqlite_testbed other;
  auto running = other.open();
  fill(*running, 5000, 200);
  other.crash(std::move(running));
  files::copy(other.directory() / "journal.db-wal", directory() / "journal.db-wal");
  const auto report = repaired();
  EXPECT_THAT(report.notes, Contains(HasSubstr("does not fit")));
  files::remove(directory() / "journal.db-wal");
  EXPECT_EQ(content(to_), all);
}

TEST_F(Repair, D3_behind_a_damaged_page_of_the_log_more_is_had_than_sqlite_reads) {
  auto running = testbed_.open();
  std::vector<std::size_t> sizes;
  for (std::uint64_t n = 0; n < 10; ++n) {
    fill(*running, 1000 + n, 1);
    sizes.push_back(files::file_size(directory() / "journal.db-wal"));
  }
  testbed_.crash(std::move(running));
  auto log = text_of(directory() / "journal.db-wal");
  const auto all = repaired().found;
  const std::size_t begin = sizes[4] + 24 + 1000; // in the first page of the sixth commit
  log[begin] = static_cast<char>(log[begin] ^ 1);
  write(directory() / "journal.db-wal", log);
  const auto report = repaired();
  EXPECT_THAT(report.notes, Contains(HasSubstr("damaged")));
  EXPECT_GE(report.found, all - 2);
}

TEST_F(Repair, D3_a_damaged_backup_is_repaired_too) {
  const auto file = root_.path() / "kept.db";
  backup_options how;
  how.slot_of = slot_by_length;
  backup(directory(), file, how);
  auto bad = text_of(file);
  std::fill_n(bad.begin(), 100, '\0');
  write(file, bad);
  const auto report = repair(file, to_, slot_by_length);
  EXPECT_TRUE(report.is_complete) << ::testing::PrintToString(report.notes);
  EXPECT_EQ(content(to_), content(directory()));
}

TEST_F(Repair, D3_what_is_no_journal_gives_nothing) {
  const std::vector<std::string> texts{{}, std::string(100'000, 'x'), std::string(8192, '\0')};
  for (const auto& text : texts) {
    write(database(), text);
    try {
      repair(directory(), to_, slot_by_length);
      FAIL() << "it was done";
    } catch (const storage_error& error) {
      EXPECT_EQ(error.fault(), storage_fault::corrupt) << error.what();
    }
    EXPECT_FALSE(files::exists(to_));
  }
  EXPECT_THROW(repair(root_.path() / "none", to_, slot_by_length), storage_error);
}

constexpr std::size_t slots_page = 3; // the slot states; the first page is 0

TEST_F(Repair, D3_the_identity_alone_makes_no_empty_journal) {
  const auto good = text_of(database());
  write(database(), good.substr(0, slots_page * page_bytes));
  ASSERT_TRUE((salvage{database(), page_image::log_use::read}).journal());
  expect_refused(directory(), storage_fault::corrupt, "nothing could be had");
  const auto file = root_.path() / "cut.db";
  write(file, good.substr(0, slots_page * page_bytes));
  expect_refused(file, storage_fault::corrupt, "nothing could be had");
}

TEST_F(Repair, D3_a_journal_with_nothing_but_its_slot_states_says_how_much_is_lost) {
  const auto all = content(directory()).size();
  write(database(), text_of(database()).substr(0, (slots_page + 1) * page_bytes));
  const auto report = repaired();
  EXPECT_FALSE(report.is_complete);
  EXPECT_TRUE(report.is_missing_known);
  EXPECT_EQ(report.found, 0U);
  EXPECT_EQ(report.missing, all);
}

TEST_F(Repair, D3_without_the_slot_states_it_is_not_known_how_much_is_lost) {
  const auto all = content(directory()).size();
  auto bad = text_of(database());
  std::fill_n(bad.begin() + slots_page * page_bytes, page_bytes, '\0');
  write(database(), bad);
  const auto report = repaired();
  EXPECT_FALSE(report.is_complete);
  EXPECT_FALSE(report.is_missing_known);
  EXPECT_EQ(report.missing, 0U);
  EXPECT_EQ(report.found, all);
}

TEST_F(Repair, D3_an_empty_journal_is_repaired_to_an_empty_one) {
  sqlite_testbed empty;
  empty.open();
  const auto report = repair(empty.directory(), to_, slot_by_length);
  EXPECT_TRUE(report.is_complete) << ::testing::PrintToString(report.notes);
  EXPECT_TRUE(report.is_missing_known);
  EXPECT_EQ(report.found, 0U);
  EXPECT_TRUE(check(to_, slot_by_length).is_sound);
}

TEST_F(Repair, D4_another_version_is_refused) {
  auto other = text_of(database());
  other[63] = '\3'; // the last byte of user_version
  write(database(), other);
  expect_refused(directory(), storage_fault::unknown_version, "version 3");
  expect_refused(database(), storage_fault::unknown_version, "version 3");
}

TEST_F(Repair, D3_what_is_no_file_is_refused_and_not_waited_for) {
  const auto pipe = root_.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_refused(pipe, storage_fault::unusable, "is no file");
  for (const auto* name : {"journal.seal", "journal.db-wal", "journal.db"}) {
    const auto location = directory() / name;
    files::remove(location);
    ASSERT_EQ(::mkfifo(location.c_str(), 0600), 0);
    expect_refused(directory(), storage_fault::unusable, std::string{name} + ": is no file");
    files::remove(location);
  }
}

TEST_F(Repair, D3_a_journal_that_a_broker_has_is_left_alone) {
  const auto running = testbed_.open();
  try {
    repair(directory(), to_, slot_by_length);
    FAIL() << "it was done";
  } catch (const storage_error& error) {
    EXPECT_EQ(error.fault(), storage_fault::locked);
  }
}

TEST_F(Repair, D3_an_existing_directory_is_never_written_over) {
  files::create_directory(to_);
  write(to_ / "photo.jpg", "somebody's own");
  EXPECT_THROW(repair(directory(), to_, slot_by_length), storage_error);
  EXPECT_THROW(repair(directory(), directory(), slot_by_length), storage_error);
  EXPECT_EQ(text_of(to_ / "photo.jpg"), "somebody's own");
}

} // namespace
} // namespace restante::journal::testing
