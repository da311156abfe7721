// SQLite's log, handed to the disk in large pieces: what is there, when, and what goes wrong.

#include "restante/broker/journal/gathering_vfs.hpp"
#include "restante/tests/journal/simulated_disk.hpp"

#include <gtest/gtest.h>

#include <cstddef>

namespace restante::journal::testing {
namespace {

/// A file opened as SQLite does it: in memory of the size that the VFS asks for.
class open_file {
public:
  open_file(const std::string& vfs, const char* name, int kind) {
    auto* with = sqlite3_vfs_find(vfs.c_str());
    memory_ = std::make_unique<std::byte[]>(static_cast<std::size_t>(with->szOsFile));
    const int flags = kind | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    code_ = with->xOpen(with, name, file(), flags, nullptr);
  }

  ~open_file() {
    if (file()->pMethods)
      close();
  }

  int code() const { return code_; }
  int write(std::string_view text, sqlite3_int64 at) {
    return file()->pMethods->xWrite(file(), text.data(), static_cast<int>(text.size()), at);
  }
  int sync() { return file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL); }
  int truncate(sqlite3_int64 size) { return file()->pMethods->xTruncate(file(), size); }
  std::string read(int size, sqlite3_int64 at) {
    std::string text(static_cast<std::size_t>(size), '?');
    EXPECT_EQ(file()->pMethods->xRead(file(), text.data(), size, at), SQLITE_OK);
    return text;
  }
  sqlite3_int64 size() {
    sqlite3_int64 bytes = -1;
    EXPECT_EQ(file()->pMethods->xFileSize(file(), &bytes), SQLITE_OK);
    return bytes;
  }
  int close() {
    const int code = file()->pMethods->xClose(file());
    file()->pMethods = nullptr;
    return code;
  }

private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.get()); }

  std::unique_ptr<std::byte[]> memory_;
  int code_ = SQLITE_ERROR;
};

class GatheringVfs : public ::testing::Test {
protected:
  const std::string& written() { return *disk_.content("log"); }

  simulated_disk disk_;
  gathering_vfs vfs_{disk_.vfs()};
};

TEST_F(GatheringVfs, what_is_written_in_a_row_goes_at_once_when_it_is_synchronized) {
  open_file log{vfs_.name(), "log", SQLITE_OPEN_WAL};
  ASSERT_EQ(log.code(), SQLITE_OK);
  EXPECT_EQ(log.write("head", 0), SQLITE_OK);
  EXPECT_EQ(log.write("page", 4), SQLITE_OK);
  EXPECT_EQ(disk_.writes(), 0U);
  EXPECT_EQ(log.sync(), SQLITE_OK);
  EXPECT_EQ(written(), "headpage");
  EXPECT_EQ(log.write("next", 8), SQLITE_OK);
  EXPECT_EQ(log.sync(), SQLITE_OK);
  EXPECT_EQ(log.sync(), SQLITE_OK);
  EXPECT_EQ(written(), "headpagenext");
  EXPECT_EQ(disk_.writes(), 2U);
}

TEST_F(GatheringVfs, behind_a_gap_something_new_begins) {
  open_file log{vfs_.name(), "log", SQLITE_OPEN_WAL};
  log.write("0123456789", 0);
  log.write("ab", 2);
  EXPECT_EQ(written(), "0123456789");
  log.write("yz", 8);
  EXPECT_EQ(written(), "01ab456789");
  log.sync();
  EXPECT_EQ(written(), "01ab4567yz");
}

TEST_F(GatheringVfs, reading_measuring_and_closing_see_what_is_gathered) {
  {
    open_file log{vfs_.name(), "log", SQLITE_OPEN_WAL};
    log.write("0123", 0);
    EXPECT_EQ(log.read(2, 1), "12");
    log.write("4567", 4);
    EXPECT_EQ(log.read(2, 0), "01");
    EXPECT_EQ(written(), "0123") << "what is read is not what is gathered";
    EXPECT_EQ(log.size(), 8);
    log.write("89", 8);
    EXPECT_EQ(log.close(), SQLITE_OK);
  }
  EXPECT_EQ(written(), "0123456789");
}

TEST_F(GatheringVfs, what_is_cut_off_is_not_written_later) {
  open_file log{vfs_.name(), "log", SQLITE_OPEN_WAL};
  log.write("0123", 0);
  log.sync();
  log.write("4567", 4);
  EXPECT_EQ(log.truncate(2), SQLITE_OK);
  EXPECT_EQ(log.sync(), SQLITE_OK);
  EXPECT_EQ(written(), "01");
  EXPECT_EQ(disk_.writes(), 1U);
  log.write("23456", 2);
  EXPECT_EQ(log.truncate(4), SQLITE_OK);
  EXPECT_EQ(written(), "0123");
}

TEST_F(GatheringVfs, much_goes_in_pieces_that_sqlites_own_vfs_takes) {
  constexpr std::size_t taken_at_once = 0x1ffff; // by the one for Unix
  open_file log{vfs_.name(), "log", SQLITE_OPEN_WAL};
  std::string all;
  while (all.size() < 1'000'000) {
    const std::string page(4096, static_cast<char>('a' + all.size() % 23));
    ASSERT_EQ(log.write(page, static_cast<sqlite3_int64>(all.size())), SQLITE_OK);
    all += page;
  }
  const std::string long_one(taken_at_once, 'z');
  ASSERT_EQ(log.write(long_one, static_cast<sqlite3_int64>(all.size())), SQLITE_OK);
  all += long_one;
  ASSERT_EQ(log.sync(), SQLITE_OK);
  EXPECT_EQ(written(), all);
  EXPECT_LE(disk_.writes(), 13U);
  EXPECT_LE(disk_.longest_write(), taken_at_once);
}

TEST_F(GatheringVfs, D1_a_write_that_fails_fails_the_sync_and_is_not_repeated) {
  open_file log{vfs_.name(), "log", SQLITE_OPEN_WAL};
  log.write("0123", 0);
  log.sync();
  disk_.plan(simulated_disk::fault::full, 0, 1);
  EXPECT_EQ(log.write("4567", 4), SQLITE_OK);
  EXPECT_EQ(log.sync(), SQLITE_FULL);
  EXPECT_EQ(log.truncate(4), SQLITE_OK);
  EXPECT_EQ(log.sync(), SQLITE_OK);
  EXPECT_EQ(written(), "0123");
}

TEST_F(GatheringVfs, D1_a_write_that_fails_at_a_gap_fails_the_one_behind_it) {
  open_file log{vfs_.name(), "log", SQLITE_OPEN_WAL};
  log.write("0123", 0);
  disk_.plan(simulated_disk::fault::io, 0, 1);
  EXPECT_EQ(log.write("x", 100), SQLITE_IOERR_WRITE);
}

TEST_F(GatheringVfs, a_log_that_cannot_be_opened_has_no_methods) {
  disk_.plan(simulated_disk::fault::io, 0, 1);
  const open_file log{vfs_.name(), "log", SQLITE_OPEN_WAL};
  EXPECT_EQ(log.code(), SQLITE_CANTOPEN);
}

TEST_F(GatheringVfs, D1_where_a_sync_is_not_the_end_of_a_commit_nothing_is_gathered) {
  disk_.promise(0);
  open_file log{vfs_.name(), "log", SQLITE_OPEN_WAL};
  log.write("0123", 0);
  log.write("45", 4);
  EXPECT_EQ(written(), "012345");
}

TEST_F(GatheringVfs, only_the_log_is_gathered) {
  open_file database{vfs_.name(), "database", SQLITE_OPEN_MAIN_DB};
  database.write("page", 0);
  EXPECT_EQ(*disk_.content("database"), "page");
}

TEST_F(GatheringVfs, a_vfs_that_is_not_there_is_said_to_be_missing) {
  EXPECT_THROW(gathering_vfs{"none of that name"}, storage_error);
}

TEST(GatheringVfsOfStore, a_commit_is_one_write_to_the_log) {
  simulated_testbed testbed;
  const auto store = testbed.open();
  std::vector<journal_changes> all;
  for (unsigned n = 0; n < 20; ++n)
    all.push_back(puts(n % 4, {notification(n)}));
  store->commit(all); // the first begins the log
  const auto before = testbed.disk().writes();
  for (auto& changes : all)
    changes = puts(changes.slot, {notification(100 + changes.slot)});
  store->commit(all);
  EXPECT_EQ(testbed.disk().writes() - before, 2U) << "the log and the seal";
}

} // namespace
} // namespace restante::journal::testing
