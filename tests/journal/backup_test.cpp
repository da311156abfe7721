// A journal is backed up to one file and restored: complete, private, all or nothing.

#include "restante/broker/journal/backup.hpp"
#include "restante/broker/journal/new_directory.hpp"
#include "restante/tests/journal/testbeds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <sys/stat.h>
#include <thread>

namespace restante::journal::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace files = std::filesystem;

slot_number slot_by_length(const client_address& client, std::uint32_t slots,
                           const std::array<std::uint8_t, 16>&) {
  return static_cast<slot_number>(client.client.size() % slots);
}

class Backup : public ::testing::Test {
protected:
  void SetUp() override { fill(*testbed_.open(), 0, 200); }

  static void fill(store& to, std::uint64_t first, std::uint64_t count) {
    std::vector<journal_changes> all;
    for (auto n = first; n < first + count; ++n) {
      auto kept = notification(n, std::string(1 + n % 9, 'c'), n % 50 == 0 ? 9000 : 60);
      kept.attempts = static_cast<std::uint32_t>(n % 3);
      if (n % 10 == 0) {
        kept.reply = body::bytes("a reply");
        kept.replied_at = {static_cast<std::int64_t>(n) + 1};
      }
      all.push_back(puts(slot_by_length(kept.to, identity_for_tests.slots, {}), {kept}));
    }
    to.commit(all);
  }

  backup_options how(durable::if_there target = durable::if_there::refuse) const {
    backup_options options;
    options.target = target;
    options.slot_of = slot_by_length;
    return options;
  }

  files::path directory() const { return testbed_.directory(); }
  files::path file() const { return root_.path() / "kept.db"; }

  static std::vector<kept_notification> content(const files::path& location) {
    std::vector<kept_notification> all;
    for_each(location, {1}, [&](slot_number, const auto& kept) { all.push_back(kept); });
    return all;
  }

  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& one : files::directory_iterator{root_.path()})
      found.insert(one.path().filename().string());
    return found;
  }

  /// The message of a refused backup or restore.
  template <class Work>
  static storage_error refusal(Work work) {
    try {
      work();
    } catch (const storage_error& error) {
      return error;
    }
    ADD_FAILURE() << "it was done";
    return {storage_fault::io, ""};
  }

  sqlite_testbed testbed_;
  temporary_directory root_;
};

TEST_F(Backup, D4_a_backup_is_one_private_file_with_everything_in_it) {
  auto running = testbed_.open();
  const auto report = backup(directory(), file(), how());
  EXPECT_EQ(report.notifications, 200U);
  EXPECT_EQ(report.undelivered, 200U);
  EXPECT_EQ(report.bytes, files::file_size(file()));
  EXPECT_THAT(names(), ElementsAre("kept.db"));
  struct stat known {};
  ASSERT_EQ(::stat(file().c_str(), &known), 0);
  EXPECT_EQ(known.st_mode & 0777, 0600U);
  EXPECT_TRUE(check(file(), slot_by_length).is_sound);
  running.reset();
  EXPECT_EQ(content(file()), content(directory()));
  EXPECT_THAT(names(), ElementsAre("kept.db")) << "reading it makes no other file";
  EXPECT_EQ(figures_of(file()).identity.key, identity_for_tests.key);
}

TEST_F(Backup, D1_what_was_answered_before_a_backup_began_is_in_it) {
  auto running = testbed_.open();
  std::atomic<std::uint64_t> answered{200};
  std::atomic<bool> is_over{false};
  std::thread writer{[&] {
    while (!is_over) {
      fill(*running, answered, 1);
      ++answered;
    }
  }};
  for (int round = 0; round < 5; ++round) {
    const std::uint64_t before = answered;
    const auto report = backup(directory(), file(), how(durable::if_there::replace));
    EXPECT_GE(report.notifications, before);
    std::set<std::uint64_t> there;
    for (const auto& kept : content(file()))
      there.insert(static_cast<std::uint64_t>(kept.created_at.ns));
    for (std::uint64_t n = 0; n < before; ++n)
      ASSERT_TRUE(there.contains(n)) << n << " of " << before;
  }
  is_over = true;
  writer.join();
  EXPECT_GT(answered, 200U);
}

TEST_F(Backup, D4_a_restored_backup_is_the_journal_it_was) {
  auto running = testbed_.open();
  const auto epochs_end = running->reserve_epochs(77, 3) + 3;
  backup(directory(), file(), how());
  running.reset();
  const auto to = root_.path() / "restored";
  restore(file(), to, slot_by_length);
  EXPECT_EQ(content(to), content(directory()));
  EXPECT_TRUE(check(to, slot_by_length).is_sound);
  struct stat known {};
  ASSERT_EQ(::stat(to.c_str(), &known), 0);
  EXPECT_EQ(known.st_mode & 0777, 0700U);
  std::set<std::string> found;
  for (const auto& one : files::directory_iterator{to}) {
    found.insert(one.path().filename().string());
    ASSERT_EQ(::stat(one.path().c_str(), &known), 0);
    EXPECT_EQ(known.st_mode & 0077, 0U) << one.path();
  }
  EXPECT_THAT(found, ElementsAre("journal.db", "journal.lock", "journal.seal"));
  sqlite_store opened{to, store_options::of_existing()};
  EXPECT_EQ(opened.identity().key, identity_for_tests.key);
  EXPECT_EQ(opened.reserve_epochs(0, 1), epochs_end);
}

TEST_F(Backup, D4_a_file_that_is_there_is_replaced_only_when_asked) {
  std::ofstream{file()} << "somebody's own";
  auto running = testbed_.open();
  EXPECT_THAT(refusal([&] { backup(directory(), file(), how()); }).what(),
              HasSubstr("is there already"));
  EXPECT_EQ(files::file_size(file()), 14U);
  backup(directory(), file(), how(durable::if_there::replace));
  EXPECT_TRUE(check(file()).is_sound);
  EXPECT_THAT(names(), ElementsAre("kept.db"));
}

TEST_F(Backup, D4_a_backup_is_never_a_part_of_a_data_directory) {
  const auto other = root_.path() / "other";
  files::create_directory(other);
  std::ofstream{other / "journal.lock"};
  for (const auto& bad : {directory() / "journal.db", directory() / "kept.db", other / "journal.db",
                          root_.path() / "no" / "kept.db", root_.path()}) {
    const auto error = refusal([&] { backup(directory(), bad, how(durable::if_there::replace)); });
    EXPECT_EQ(error.fault(), storage_fault::unusable) << error.what();
  }
  const auto none = root_.path() / "none";
  EXPECT_EQ(refusal([&] { backup(none, file(), how()); }).fault(), storage_fault::unusable);
  files::create_directory(none);
  EXPECT_EQ(refusal([&] { backup(none, file(), how()); }).fault(), storage_fault::unusable);
  EXPECT_TRUE(files::is_empty(none));
  EXPECT_FALSE(files::exists(file()));
}

TEST_F(Backup, D4_one_that_is_stopped_leaves_nothing_and_a_left_part_is_overwritten) {
  auto running = testbed_.open();
  std::ofstream{file().string() + ".part"} << "half of one, from a process that was killed";
  auto options = how();
  options.go_on = [](double) { return false; };
  fill(*running, 1000, 2000);
  EXPECT_THAT(refusal([&] { backup(directory(), file(), options); }).what(), HasSubstr("stopped"));
  EXPECT_THAT(names(), ElementsAre());
  std::ofstream{file().string() + ".part"} << "half of one, from a process that was killed";
  backup(directory(), file(), how());
  EXPECT_THAT(names(), ElementsAre("kept.db"));
}

TEST_F(Backup, D3_what_is_damaged_is_not_backed_up) {
  const auto pack = std::string{content(directory())[3].pack.view()};
  {
    std::fstream raw{directory() / "journal.db", std::ios::in | std::ios::out | std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{raw}, {}};
    const auto at = text.find(pack);
    ASSERT_NE(at, std::string::npos);
    raw.seekp(static_cast<std::streamoff>(at + 5)).put('#');
  }
  const auto error = refusal([&] { backup(directory(), file(), how()); });
  EXPECT_EQ(error.fault(), storage_fault::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("slot"));
  EXPECT_THAT(names(), ElementsAre());
}

TEST_F(Backup, D3_lost_commits_are_noticed) {
  testbed_.crash(testbed_.open());
  fill(*testbed_.open(), 300, 20);
  auto running = testbed_.open();
  fill(*running, 400, 20);
  testbed_.crash(std::move(running));
  files::remove(directory() / "journal.db-wal");
  const auto error = refusal([&] { backup(directory(), file(), how()); });
  EXPECT_EQ(error.fault(), storage_fault::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("commits only the first"));
  EXPECT_THAT(names(), ElementsAre());
}

TEST_F(Backup, D3_a_damaged_backup_is_refused_and_nothing_is_made_of_it) {
  backup(directory(), file(), how());
  std::ifstream raw{file(), std::ios::binary};
  const std::string good{std::istreambuf_iterator<char>{raw}, {}};
  const auto to = root_.path() / "restored";
  for (std::size_t page = 0; page * 4096 < good.size(); ++page) {
    auto bad = good;
    for (std::size_t n = 0; n < 4096; ++n)
      bad[page * 4096 + n] = 0;
    std::ofstream{file(), std::ios::binary} << bad;
    // The damaged page may be an unused page. Then nothing is missing.
    try {
      restore(file(), to, slot_by_length);
      EXPECT_EQ(content(to), content(directory())) << "page " << page + 1;
      files::remove_all(to);
    } catch (const storage_error& error) {
      EXPECT_EQ(error.fault(), storage_fault::corrupt) << error.what();
      EXPECT_FALSE(files::exists(to));
    }
  }
  std::ofstream{file(), std::ios::binary} << good.substr(0, good.size() / 2);
  EXPECT_EQ(refusal([&] { restore(file(), to, slot_by_length); }).fault(), storage_fault::corrupt);
  std::ofstream{file(), std::ios::binary};
  EXPECT_THAT(refusal([&] { restore(file(), to, slot_by_length); }).what(), HasSubstr("is empty"));
  EXPECT_FALSE(files::exists(to));
}

TEST_F(Backup, D4_a_file_with_a_log_beside_it_is_no_backup) {
  backup(directory(), file(), how());
  for (const auto* suffix : {"-wal", "-journal"}) {
    std::ofstream{file().string() + suffix} << "something";
    EXPECT_THAT(refusal([&] { check(file()); }).what(), HasSubstr("not complete"));
    files::remove(file().string() + suffix);
  }
  EXPECT_TRUE(check(file()).is_sound);
}

TEST_F(Backup, D4_a_name_may_have_any_characters) {
  const auto strange = root_.path() / "a b?c#d%41'\"&e.db";
  backup(directory(), strange, how());
  EXPECT_TRUE(check(strange).is_sound);
  restore(strange, root_.path() / "r?#'", slot_by_length);
  EXPECT_EQ(content(root_.path() / "r?#'"), content(directory()));
}

TEST_F(Backup, D4_a_restore_needs_a_directory_that_is_new_or_empty) {
  backup(directory(), file(), how());
  const auto to = root_.path() / "restored";
  files::create_directory(to);
  std::ofstream{to / "photo.jpg"} << "somebody's own";
  EXPECT_THAT(refusal([&] { restore(file(), to, slot_by_length); }).what(), HasSubstr("not empty"));
  EXPECT_EQ(std::distance(files::directory_iterator{to}, files::directory_iterator{}), 1);
  files::remove(to / "photo.jpg");
  restore(file(), to, slot_by_length);
  EXPECT_THAT(refusal([&] { restore(file(), to, slot_by_length); }).what(), HasSubstr("not empty"));
  EXPECT_THAT(refusal([&] { restore(file(), file(), slot_by_length); }).what(),
              HasSubstr("no directory"));
}

TEST_F(Backup, D3_a_restore_that_was_broken_off_starts_no_empty_broker_and_can_be_repeated) {
  backup(directory(), file(), how());
  const auto to = root_.path() / "restored";
  files::create_directory(to);
  {
    const new_directory begun{to};
    const auto left = root_.path() / "left";
    files::copy(to, left, files::copy_options::recursive); // the state that a kill leaves
    EXPECT_EQ(refusal([&] { sqlite_store{to}; }).fault(), storage_fault::locked);
    EXPECT_THAT(refusal([&] { sqlite_store{left}; }).what(), HasSubstr("broken off"));
    restore(file(), left, slot_by_length);
    EXPECT_EQ(content(left), content(directory()));
  }
  EXPECT_FALSE(files::exists(to / "journal.seal")) << "given up: as it was";
  EXPECT_FALSE(files::exists(to / "journal.part"));
}

TEST_F(Backup, D3_an_empty_database_is_never_filled) {
  const auto to = root_.path() / "d";
  files::create_directory(to);
  std::ofstream{to / "journal.db"};
  EXPECT_THAT(refusal([&] { sqlite_store{to}; }).what(), HasSubstr("is empty"));
  EXPECT_EQ(refusal([&] { sqlite_store{to}; }).fault(), storage_fault::corrupt);
  EXPECT_THAT(refusal([&] { backup(to, file(), how()); }).what(), HasSubstr("is empty"));
  EXPECT_EQ(files::file_size(to / "journal.db"), 0U);
  // A directory that was left by a killed creation may be filled.
  std::ofstream{to / "journal.new"} << "a journal is being made here";
  EXPECT_NO_THROW(sqlite_store{to});
  EXPECT_FALSE(files::exists(to / "journal.new"));
}

} // namespace
} // namespace restante::journal::testing
