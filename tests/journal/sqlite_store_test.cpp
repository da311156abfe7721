// The store on a real file system: versions, locks, kills, a full disk, and what the sqlite3 shell
// shows.

#include "restante/broker/journal/operators.hpp"
#include "restante/tests/journal/testbeds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

namespace restante::journal::testing {
namespace {

using ::testing::HasSubstr;

/// Runs SQL through a plain SQLite connection; returns the first column of the last row.
std::string run_sql(const std::filesystem::path& file, const char* sql) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  std::string last;
  const auto keep = [](void* to, int, char** values, char**) {
    *static_cast<std::string*>(to) = values[0] ? values[0] : "NULL";
    return 0;
  };
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql, keep, &last, &error), SQLITE_OK) << error;
  sqlite3_free(error);
  sqlite3_close(db);
  return last;
}

class SqliteStore : public ::testing::Test {
protected:
  std::filesystem::path directory() const { return root_.path(); }
  std::filesystem::path file() const { return directory() / "journal.db"; }

  std::unique_ptr<sqlite_store> open() {
    store_options options;
    options.identity = identity_for_tests;
    return std::make_unique<sqlite_store>(directory(), options);
  }

  std::optional<storage_fault> fault_of_opening() {
    try {
      open();
      return {};
    } catch (const storage_error& error) {
      text_ = error.what();
      return error.fault();
    }
  }

  temporary_directory root_;
  std::string text_;
};

TEST_F(SqliteStore, D4_an_unknown_version_is_refused) {
  open();
  run_sql(file(), "PRAGMA user_version = 3");
  EXPECT_EQ(fault_of_opening(), storage_fault::unknown_version);
  EXPECT_THAT(text_, HasSubstr("version 3, this program reads versions 1 to 2"));
  run_sql(file(), "PRAGMA user_version = 0");
  EXPECT_EQ(fault_of_opening(), storage_fault::unknown_version);
  run_sql(file(), "PRAGMA user_version = 2");
  EXPECT_FALSE(fault_of_opening());
}

TEST_F(SqliteStore, D4_what_is_not_ours_is_refused_and_left_alone) {
  run_sql(file(), "CREATE TABLE theirs(x); INSERT INTO theirs VALUES('theirs')");
  EXPECT_EQ(fault_of_opening(), storage_fault::corrupt);
  EXPECT_EQ(run_sql(file(), "SELECT x FROM theirs"), "theirs");
  std::ofstream{file()} << std::string(5000, 'x');
  EXPECT_EQ(fault_of_opening(), storage_fault::corrupt);
  EXPECT_EQ(std::filesystem::file_size(file()), 5000U);
}

TEST_F(SqliteStore, D4_sqlite_shows_what_is_there) {
  {
    auto store = open();
    commit(*store, puts(2, {notification(1)}));
    journal_changes changes;
    changes.slot = 2;
    changes.offered = {{1, 4}};
    commit(*store, changes);
    // Works also while a broker uses the journal.
    EXPECT_EQ(run_sql(file(), "SELECT slot||' '||row||' '||namespace||' '||client||' '||attempts"
                              "||' '||json_extract(pack, '$.n') FROM notifications"),
              "2 1 shop bob 4 1");
    commit(*store, puts(2, {notification(2)}));
  }
  EXPECT_EQ(run_sql(file(), "SELECT count(*) FROM notifications WHERE delivered IS NULL"), "2");
  EXPECT_EQ(run_sql(file(), "PRAGMA integrity_check"), "ok");
  EXPECT_FALSE(std::filesystem::exists(directory() / "journal.db-wal"));
}

TEST_F(SqliteStore, D3_what_is_missing_or_changed_behind_its_back_is_noticed) {
  const char* changes[] = {
      "DELETE FROM puts WHERE id = (SELECT max(id) FROM puts)",
      "UPDATE puts SET expires_at = expires_at + 1",
      "UPDATE puts SET pack = CAST(pack AS BLOB)",
      "DELETE FROM progress",
      "UPDATE progress SET attempts = 1",
      "DELETE FROM replies",
      "UPDATE puts SET id = id + 100",
  };
  for (const auto* sql : changes) {
    std::filesystem::remove_all(directory());
    std::filesystem::create_directory(directory());
    auto kept = notification(1);
    kept.attempts = 3;
    kept.reply = body::json("1");
    kept.replied_at = {4};
    commit(*open(), puts(0, {kept, notification(2)}));
    EXPECT_NO_THROW(restored(*open(), 0));
    run_sql(file(), sql);
    const auto store = open();
    try {
      restored(*store, 0);
      ADD_FAILURE() << sql;
    } catch (const storage_error& error) {
      EXPECT_EQ(error.fault(), storage_fault::corrupt) << sql;
      EXPECT_EQ(error.slot(), slot_number{0}) << sql;
    }
  }
}

TEST_F(SqliteStore, N1_D1_what_is_kept_as_json_and_is_none_comes_out_as_bytes) {
  auto bad = notification(1);
  bad.pack = body::trusted_json("{\"half\":\"\\ud83d\"}");
  bad.reply = body::trusted_json("1,\"from\":2");
  bad.replied_at = {4};
  const auto kept = commit(*open(), puts(0, {bad, notification(2)}));
  const auto found = restored(*open(), 0);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].pack, body::bytes(bad.pack.view()));
  EXPECT_EQ(found[0].reply, body::bytes(bad.reply.view()));
  EXPECT_EQ(found[1], kept[1]);
}

TEST_F(SqliteStore, D4_a_backup_of_a_running_one_is_a_journal) {
  auto store = open();
  const auto kept = commit(*store, puts(2, {notification(1), notification(2)}));
  const temporary_directory other;
  run_sql(file(), ("VACUUM INTO '" + (other.path() / "journal.db").string() + "'").c_str());
  commit(*store, puts(2, {notification(3)}));
  sqlite_store copy{other.path()};
  EXPECT_EQ(restored(copy, 2), kept);
  EXPECT_NO_THROW(commit(copy, puts(2, {notification(3)})));
}

TEST_F(SqliteStore, D3_a_second_opener_hears_who_has_it) {
  const auto store = open();
  EXPECT_EQ(fault_of_opening(), storage_fault::locked);
  EXPECT_THAT(text_, HasSubstr("process " + std::to_string(::getpid()) + " has it"));
}

TEST_F(SqliteStore, D3_a_directory_that_is_not_there_is_unusable) {
  const auto fault = [](const std::filesystem::path& path) {
    try {
      sqlite_store{path};
    } catch (const storage_error& error) {
      return error.fault();
    }
    return storage_fault::io;
  };
  EXPECT_EQ(fault(directory() / "missing"), storage_fault::unusable);
  std::ofstream{directory() / "file"} << "x";
  EXPECT_EQ(fault(directory() / "file"), storage_fault::unusable);
}

TEST_F(SqliteStore, D3_an_existing_one_is_not_made_when_only_an_existing_one_will_do) {
  store_options options;
  options.missing = store_options::if_missing::refuse;
  EXPECT_THROW((sqlite_store{directory(), options}), storage_error);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(SqliteStore, D1_only_its_owner_may_read_the_files) {
  const auto store = open();
  commit(*store, puts(2, {notification(1)}));
  for (const auto* name : {"journal.db", "journal.db-wal", "journal.lock"}) {
    const auto rights = std::filesystem::status(directory() / name).permissions();
    EXPECT_EQ(rights, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << name;
  }
}

TEST_F(SqliteStore, D2_tidying_is_done_in_pieces_and_gives_space_back) {
  auto store = open();
  for (std::uint64_t n = 0; n < 60; ++n) {
    std::vector<kept_notification> many;
    for (std::uint64_t k = 0; k < 100; ++k)
      many.push_back(notification(n * 100 + k, "bob", k == 0 ? 60'000 : 200));
    commit(*store, puts(static_cast<slot_number>(n % 4), many));
  }
  const auto full = store->stats();
  ASSERT_GT(full.bytes, 5'000'000U);
  int calls = 0;
  while (store->tidy({5000 * second})) {
    ++calls;
    ASSERT_LT(calls, 200);
  }
  EXPECT_GT(calls, 12); // 512 rows per step
  EXPECT_EQ(store->stats().notifications, 0U);
  store.reset();
  EXPECT_LT(std::filesystem::file_size(file()), 2'500'000U);
  EXPECT_TRUE(check(directory()).is_sound);
}

// A second connection holds a lock, as a backup or a forgotten shell does. SQLite alone would wait
// five seconds for the lock.
TEST_F(SqliteStore, D1_a_reader_that_stays_does_not_hold_up_tidying) {
  auto store = open();
  commit(*store, puts(1, {notification(1)}));
  sqlite3* reader = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &reader), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM puts", nullptr, nullptr, nullptr),
            SQLITE_OK);
  for (std::uint64_t n = 0; n < 40; ++n) {
    std::vector<kept_notification> many;
    for (std::uint64_t k = 0; k < 15; ++k)
      many.push_back(notification(2 + n * 15 + k, "bob", 60'000));
    commit(*store, puts(1, many));
  }
  ASSERT_GT(std::filesystem::file_size(directory() / "journal.db-wal"), 33U << 20);
  const auto begun = std::chrono::steady_clock::now();
  store->tidy({1});
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{4});
  sqlite3_close(reader);
  store->tidy({1});
  EXPECT_EQ(std::filesystem::file_size(directory() / "journal.db-wal"), 0U);
}

TEST_F(SqliteStore, D2_a_pass_for_expired_ones_is_not_begun_again_without_need) {
  auto store = open();
  commit(*store, puts(1, {notification(1)}));
  EXPECT_FALSE(store->tidy({1}));
  commit(*store, puts(1, {notification(2)}));
  EXPECT_FALSE(store->tidy({1000 * second}));
  EXPECT_FALSE(store->tidy({1000 * second + 2})); // one has expired
  EXPECT_EQ(store->stats().notifications, 1U);
  EXPECT_FALSE(store->tidy({1000 * second + 3})); // within a minute
  EXPECT_EQ(store->stats().notifications, 1U);
  EXPECT_FALSE(store->tidy({1061 * second}));
  EXPECT_EQ(store->stats().notifications, 0U);
}

// A child process commits and reports each acknowledged commit through a pipe. Then the test kills
// it.
TEST_F(SqliteStore, D1_what_was_committed_is_there_after_a_kill) {
  std::uint64_t told = 0;
  for (int kills = 0; kills < 30; ++kills) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      auto store = open();
      for (;;) {
        auto all = commit(*store, puts(1, {notification(told, "bob", told % 5 == 0 ? 9'000 : 50)}));
        if (all[0].row % 7 == 0)
          store->tidy({1});
        told = all[0].row;
        if (::write(ends[1], &told, sizeof told) != sizeof told)
          ::_exit(1);
      }
    }
    ::close(ends[1]);
    std::uint64_t row = 0;
    for (int n = 0; n < 3 + kills % 5; ++n) {
      ASSERT_EQ(::read(ends[0], &row, sizeof row), static_cast<ssize_t>(sizeof row));
      told = row;
    }
    ::usleep(static_cast<unsigned>(kills * 137 % 3000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &row, sizeof row) == static_cast<ssize_t>(sizeof row))
      told = row;
    ::close(ends[0]);
    const auto store = open();
    const auto kept = restored(*store, 1);
    ASSERT_GE(kept.size(), told);
    ASSERT_LE(kept.size(), told + 1);
    for (std::size_t n = 0; n < kept.size(); ++n)
      ASSERT_EQ(kept[n].row, n + 1);
    told = kept.size();
  }
}

TEST_F(SqliteStore, D3_a_full_disk_refuses_and_recovers) {
  if (::getuid() != 0 ||
      ::mount("tmpfs", directory().c_str(), "tmpfs", 0, "size=3m,mode=0700") != 0)
    GTEST_SKIP() << "a small file system cannot be mounted: not root";
  {
    auto store = open();
    std::vector<kept_notification> kept;
    std::optional<storage_fault> fault;
    for (std::uint64_t n = 0; n < 500 && !fault; ++n) {
      try {
        for (auto& one : commit(*store, puts(1, {notification(n, "bob", 20'000)})))
          kept.push_back(one);
      } catch (const storage_error& error) {
        fault = error.fault();
      }
    }
    EXPECT_EQ(fault, storage_fault::full);
    EXPECT_EQ(restored(*store, 1), kept);
    EXPECT_THROW(commit(*store, puts(1, {notification(1, "bob", 60'000)})), storage_error);
    store.reset();
    store = open(); // the journal is readable and complete
    EXPECT_EQ(restored(*store, 1), kept);
    ::mount("tmpfs", directory().c_str(), "tmpfs", MS_REMOUNT, "size=8m");
    EXPECT_NO_THROW(commit(*store, puts(1, {notification(2, "bob", 60'000)})));
    EXPECT_EQ(restored(*store, 1).size(), kept.size() + 1);
    store.reset();
    EXPECT_TRUE(check(directory()).is_sound);
  }
  ::umount2(directory().c_str(), MNT_DETACH);
}

TEST_F(SqliteStore, D3_a_disk_that_turns_read_only_refuses_and_recovers) {
  if (::getuid() != 0 ||
      ::mount("tmpfs", directory().c_str(), "tmpfs", 0, "size=3m,mode=0700") != 0)
    GTEST_SKIP() << "a small file system cannot be mounted: not root";
  {
    auto store = open();
    const auto kept = commit(*store, puts(1, {notification(1)}));
    // The file system becomes read-only, as the kernel makes it after disk errors.
    store.reset();
    ::mount("tmpfs", directory().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=3m");
    EXPECT_EQ(fault_of_opening(), storage_fault::read_only) << text_;
    ::mount("tmpfs", directory().c_str(), "tmpfs", MS_REMOUNT, "size=3m");
    store = open();
    EXPECT_EQ(restored(*store, 1), kept);
  }
  ::umount2(directory().c_str(), MNT_DETACH);
}

} // namespace
} // namespace restante::journal::testing
