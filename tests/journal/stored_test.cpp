// Directories that the first program of version 1 wrote: `stored/v1` (see its README.md).

#include "restante/broker/journal/backup.hpp"
#include "restante/broker/journal/noted_clocks.hpp"
#include "restante/broker/journal/repair.hpp"
#include "restante/broker/journal/sqlite.hpp"
#include "restante/broker/journal/tables.hpp"
#include "restante/tests/journal/simulated_disk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace restante::journal::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;
namespace files = std::filesystem;

const files::path stored_files = "tests/journal/stored"; // ctest runs in the source folder

std::string read_file(const files::path& file) {
  std::ifstream raw{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{raw}, {}};
}

std::string line_of(const kept_notification& kept) {
  auto text = kept.to.ns + "/" + kept.to.client + " from " + kept.from + ": " +
              std::string{kept.pack.view()};
  if (kept.kind == notification_kind::suit)
    text += ", a suit";
  if (kept.want == receipts::wanted)
    text += ", with receipts";
  if (!kept.message_id.empty())
    text += ", message_id " + kept.message_id;
  if (!kept.collapse_key.empty())
    text += ", collapse_key " + kept.collapse_key;
  if (kept.due_at.ns != 0)
    text += ", due after " + std::to_string((kept.due_at.ns - kept.created_at.ns) / second);
  if (kept.attempts != 0)
    text += ", " + std::to_string(kept.attempts) + " attempts";
  if (kept.delivered_at.ns != 0)
    text += ", delivered";
  if (kept.replied_at.ns != 0)
    text += ", replied " + std::string{kept.reply.view()};
  return text;
}

std::vector<std::string> lines_of(const files::path& location) {
  std::vector<std::string> all;
  for_each(location, {1}, [&](slot_number slot, const kept_notification& kept) {
    all.push_back(std::to_string(slot) + " " + line_of(kept));
  });
  return all;
}

std::vector<std::string> lines_of(store& from) {
  std::vector<std::string> all;
  for (slot_number slot = 0; slot < from.identity().slots; ++slot) {
    for (const auto& kept : restored(from, slot))
      all.push_back(std::to_string(slot) + " " + line_of(kept));
  }
  return all;
}

struct stored_directory {
  const char* name;
  std::uint64_t commits;
  std::vector<std::string> content;
};

std::ostream& operator<<(std::ostream& out, const stored_directory& one) {
  return out << one.name;
}

const stored_directory stopped_v1{
    "stopped",
    19,
    {
        "0 shop/zoe from ann: \"a letter\", with receipts",
        "0 shop/zoe from ann: null, collapse_key k, due after 1576800000",
        "1 shop/bob from ann: {\"n\":1,\"text\":\"grüße\"}, a suit, 1 attempts, delivered, replied "
        "{\"yes\":true}",
        "1 shop/bob from ann: \"two\", message_id m-2, 1 attempts",
        "1 shop/bob from ann: 3, collapse_key k, 1 attempts",
        "1 club/bob from ann: {\"n\":1,\"text\":\"grüße\"}, a suit, 1 attempts, delivered, replied "
        "{\"yes\":true}",
        "1 club/bob from ann: \"two\", message_id m-2, 1 attempts",
        "1 club/bob from ann: 3, collapse_key k, 1 attempts",
        "1 club/zoe from ann: \"a letter\", with receipts",
        "1 club/zoe from ann: null, collapse_key k, due after 1576800000",
    }};

const stored_directory killed_v1{
    "killed",
    7,
    {
        "0 shop/dan from eve: [\"kept\",\"in\",\"the\",\"log\"], 1 attempts, delivered",
        "0 shop/dan from eve: \"the last one\", 1 attempts",
    }};

slot_number first_slot(const client_address&, std::uint32_t, const std::array<std::uint8_t, 16>&) {
  return 0;
}

class Stored : public ::testing::TestWithParam<stored_directory> {
protected:
  void SetUp() override {
    files::copy(stored_files / "v1" / GetParam().name, directory());
    files::permissions(directory(), files::perms::owner_all);
  }

  files::path directory() const { return root_.path() / "data"; }
  files::path location(const char* name) const { return root_.path() / name; }

  std::uint32_t version() const { return figures_of(directory()).stats.version; }

  /// Every column of every table, and the view.
  static std::string schema_of(const files::path& directory) {
    const sqlite::connection db{(directory / "journal.db").string(), SQLITE_OPEN_READONLY, ""};
    return db.text("SELECT group_concat(t.name || '.' || c.name || ' ' || c.type || c.\"notnull\""
                   " || c.pk, '; ') FROM (SELECT name FROM sqlite_schema ORDER BY name) t,"
                   " pragma_table_xinfo(t.name) c",
                   "") +
           db.text("SELECT sql FROM sqlite_schema WHERE name = 'notifications'", "");
  }

  temporary_directory root_;
};

INSTANTIATE_TEST_SUITE_P(, Stored, ::testing::Values(stopped_v1, killed_v1),
                         [](const auto& info) { return std::string{info.param.name}; });

TEST_P(Stored, D4_version_1_is_read_and_stays_what_it_is) {
  for (int times = 0; times < 2; ++times) {
    EXPECT_EQ(lines_of(directory()), GetParam().content);
    EXPECT_EQ(version(), 1U);
    const auto report = check(directory());
    EXPECT_TRUE(report.is_sound) << ::testing::PrintToString(report.lines);
    EXPECT_EQ(report.lines.at(0),
              "version 1, 2 slots, " + std::to_string(GetParam().commits) + " commits");
  }
  sqlite_store kept{directory(), store_options::of_existing()};
  EXPECT_THROW(commit(kept, puts(0, {notification(1)})), storage_error);
  EXPECT_EQ(lines_of(kept), GetParam().content);
}

TEST_P(Stored, D4_version_1_is_upgraded_once_and_nothing_is_lost) {
  const auto before = figures_of(directory());
  const auto clocks = noted_clocks(directory());
  {
    sqlite_store store{directory()};
    EXPECT_EQ(store.stats().version, tables::version);
    EXPECT_EQ(store.commits(), GetParam().commits) << "an upgrade answers nobody";
    EXPECT_EQ(lines_of(store), GetParam().content);
    EXPECT_EQ(store.last_clocks(), clocks);
    commit(store, puts(0, {notification(1)}));
  }
  const auto after = figures_of(directory());
  EXPECT_EQ(after.stats.version, tables::version);
  EXPECT_EQ(after.identity.slots, before.identity.slots);
  EXPECT_EQ(after.identity.key, before.identity.key);
  EXPECT_EQ(after.stats.notifications, before.stats.notifications + 1);
  EXPECT_EQ(after.stats.undelivered, before.stats.undelivered + 1);
  {
    sqlite_store again{directory()};
    EXPECT_EQ(again.commits(), GetParam().commits + 1);
    journal_changes changes;
    changes.slot = 0;
    changes.offered = {{1, 7}};
    changes.gone = {2};
    commit(again, changes);
  }
  const auto report = check(directory());
  EXPECT_TRUE(report.is_sound) << ::testing::PrintToString(report.lines);
  EXPECT_THAT(report.lines.at(0), HasSubstr("version 2, 2 slots"));
}

TEST_P(Stored, D4_an_upgraded_journal_has_the_schema_of_a_new_one) {
  { sqlite_store upgraded{directory()}; }
  files::create_directory(location("new"));
  {
    sqlite_store made{location("new")};
    made.note_clocks({});
  }
  EXPECT_EQ(schema_of(directory()), schema_of(location("new")));
  EXPECT_THAT(schema_of(directory()), HasSubstr("journal.version"));
}

TEST_P(Stored, D3_version_1_is_repaired) {
  const auto key = sqlite_store{directory(), store_options::of_existing()}.identity().key;
  files::remove_all(directory());
  SetUp();
  const auto report = repair(directory(), location("repaired"), first_slot);
  EXPECT_TRUE(report.is_complete) << ::testing::PrintToString(report.notes);
  EXPECT_EQ(report.found, GetParam().content.size());
  EXPECT_EQ(figures_of(location("repaired")).identity.key, key);
  EXPECT_EQ(figures_of(location("repaired")).stats.version, tables::version);
  auto expected = GetParam().content;
  for (auto& line : expected)
    line[0] = '0';
  EXPECT_THAT(lines_of(location("repaired")), UnorderedElementsAreArray(expected));
}

TEST_P(Stored, D4_a_backup_of_version_1_is_one_and_is_restored) {
  backup(directory(), location("kept.db"), {});
  EXPECT_EQ(figures_of(location("kept.db")).stats.version, 1U);
  EXPECT_EQ(lines_of(location("kept.db")), GetParam().content);
  EXPECT_EQ(version(), 1U);
  restore(location("kept.db"), location("restored"), {});
  EXPECT_EQ(lines_of(location("restored")), GetParam().content);
  { sqlite_store upgraded{location("restored")}; }
  EXPECT_EQ(lines_of(location("restored")), GetParam().content);
  EXPECT_EQ(figures_of(location("restored")).stats.version, tables::version);
}

TEST_P(Stored, D2_version_1_gets_another_number_of_slots) {
  move_to(directory(), location("moved"), 5, first_slot);
  EXPECT_EQ(lines_of(location("moved")).size(), GetParam().content.size());
  EXPECT_EQ(figures_of(location("moved")).stats.version, tables::version);
  EXPECT_EQ(version(), 1U);
}

TEST_P(Stored, D3_a_header_that_says_another_version_is_noticed) {
  { sqlite_store upgraded{directory()}; }
  {
    const sqlite::connection db{(directory() / "journal.db").string(), SQLITE_OPEN_READWRITE, ""};
    db.run("PRAGMA user_version = 1", "");
  }
  try {
    sqlite_store{directory()};
    FAIL() << "it was opened";
  } catch (const storage_error& error) {
    EXPECT_EQ(error.fault(), storage_fault::corrupt) << error.what();
  }
  EXPECT_EQ(repair(directory(), location("repaired"), first_slot).found, GetParam().content.size());
}

// Wherever the disk fails or the process dies, the directory holds a complete version 1 or version
// 2.
TEST_P(Stored, D4_an_upgrade_that_is_broken_off_is_repeated) {
  using fault = simulated_disk::fault;
  int struck = 0;
  int left_old = 0;
  for (const auto what : {fault::io, fault::full, fault::sync, fault::read}) {
    bool has_failed = true;
    for (unsigned calls = 0; has_failed; ++calls) {
      for (const bool is_power_lost : {false, true}) {
        SCOPED_TRACE("fault " + std::to_string(static_cast<int>(what)) + " after " +
                     std::to_string(calls) + " calls");
        const temporary_directory home;
        simulated_disk disk{calls + 1};
        for (const auto& file : files::directory_iterator{stored_files / "v1" / GetParam().name})
          disk.add((home.path() / file.path().filename()).string(), read_file(file.path()));
        store_options options;
        options.vfs = disk.vfs();
        disk.plan(what, calls, 1000);
        try {
          sqlite_store store{home.path(), options};
          disk.mend();
          EXPECT_EQ(lines_of(store), GetParam().content);
          is_power_lost ? disk.lose_power() : disk.kill();
        } catch (const storage_error& error) {
          EXPECT_NE(error.fault(), storage_fault::corrupt) << error.what();
          is_power_lost ? disk.lose_power() : disk.kill();
        }
        has_failed = disk.has_failed();
        struck += has_failed ? 1 : 0;
        disk.mend();
        auto as_it_is = store_options::of_existing();
        as_it_is.vfs = disk.vfs();
        {
          sqlite_store left{home.path(), as_it_is};
          ASSERT_EQ(lines_of(left), GetParam().content);
          left_old += left.stats().version == 1 ? 1 : 0;
        }
        sqlite_store store{home.path(), options};
        ASSERT_EQ(store.stats().version, tables::version);
        ASSERT_EQ(lines_of(store), GetParam().content);
        ASSERT_EQ(store.commits(), GetParam().commits);
        ASSERT_NO_THROW(commit(store, puts(0, {notification(1)})));
      }
    }
  }
  EXPECT_GT(struck, 20);
  EXPECT_GT(left_old, 10);
}

/// A stored directory on a disk without space.
struct full_disk {
  explicit full_disk(const std::string& name) : store{home.path(), prepare(name)} {}

  store_options prepare(const std::string& name) {
    for (const auto& file : files::directory_iterator{stored_files / "v1" / name})
      disk.add((home.path() / file.path().filename()).string(), read_file(file.path()));
    disk.plan(simulated_disk::fault::full, 0, 100'000);
    store_options options;
    options.vfs = disk.vfs();
    return options;
  }

  const temporary_directory home;
  simulated_disk disk;
  sqlite_store store;
};

TEST_P(Stored, D4_upkeep_upgrades_once_there_is_space) {
  full_disk at{GetParam().name};
  auto& store = at.store;
  EXPECT_THROW(commit(store, puts(0, {notification(1)})), storage_error);
  at.disk.mend();
  store.tidy(instant{});
  EXPECT_EQ(store.stats().version, tables::version);
  EXPECT_EQ(lines_of(store), GetParam().content);
}

TEST_P(Stored, D4_on_a_full_disk_version_1_is_read_until_there_is_space) {
  full_disk at{GetParam().name};
  auto& store = at.store;
  EXPECT_EQ(store.stats().version, 1U);
  EXPECT_EQ(lines_of(store), GetParam().content);
  try {
    commit(store, puts(0, {notification(1)}));
    FAIL() << "it was written";
  } catch (const storage_error& error) {
    EXPECT_EQ(error.fault(), storage_fault::full) << error.what();
  }
  EXPECT_EQ(lines_of(store), GetParam().content);
  at.disk.mend();
  commit(store, puts(0, {notification(1)}));
  EXPECT_EQ(store.stats().version, tables::version);
  EXPECT_EQ(lines_of(store).size(), GetParam().content.size() + 1);
}

} // namespace
} // namespace restante::journal::testing
