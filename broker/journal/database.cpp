#include "restante/broker/journal/database.hpp"

#include "restante/broker/journal/vfs_file.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace restante::journal {
namespace {

// Sizes from SQLite's description of the format of its log.
constexpr std::int64_t log_header_bytes = 32;
constexpr std::int64_t frame_header_bytes = 24;
constexpr std::int64_t salt_offset = 16;

bool is_there(sqlite3_vfs* vfs, const std::string& path) {
  int found = 0;
  return vfs->xAccess(vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &found) == SQLITE_OK && found;
}

/// Creates the file with access for its owner only, because notifications are private. SQLite would
/// let every user read the file. SQLite gives the log the access rights of the database.
const std::string& created_privately(const std::string& path, const std::string& vfs) {
  if (vfs.empty()) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0)
      ::close(file);
  }
  return path;
}

} // namespace

traces_found look_for_files(const database_location& location) {
  auto* vfs = sqlite3_vfs_find(location.vfs.empty() ? nullptr : location.vfs.c_str());
  if (!vfs)
    throw storage_error{storage_fault::unusable, "there is no VFS " + location.vfs};
  // The VFS reports an empty file as missing.
  const bool has_database = is_there(vfs, location.file());
  const bool has_file =
      has_database || vfs_file{vfs, location.file(), vfs_file::mode::existing}.is_there();
  return {has_database, has_file && !has_database, is_there(vfs, location.file() + "-wal")};
}

database::database(const database_location& location)
    : db_{created_privately(location.file(), location.vfs),
          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, location.vfs} {
  db_.run("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
          "PRAGMA cache_size = -16384; PRAGMA mmap_size = 0",
          "opening the journal");
}

database::~database() = default;

void database::prepare_empty() {
  db_.run("PRAGMA auto_vacuum = INCREMENTAL", "creating the journal");
}

void database::start_writing() {
  if (sqlite3_db_readonly(db_.get(), "main") == 1)
    throw storage_error{storage_fault::read_only,
                        std::string{file_names::database} + " may not be written"};
  if (db_.text("PRAGMA journal_mode = WAL", "opening the journal") != "wal")
    throw storage_error{storage_fault::unusable,
                        std::string{file_names::database} +
                            ": its file system cannot share memory, which the log needs"};
  db_.run("PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST; PRAGMA wal_autocheckpoint = 0",
          "opening the journal");
  page_bytes_ = db_.number("PRAGMA page_size", "opening the journal");
  sqlite3_wal_hook(db_.get(), on_log_grown, this);
  try {
    checkpoint(checkpoint_kind::truncate);
  } catch (const storage_error& error) {
    // On a full disk nothing can be written, but everything can be read.
    if (error.fault() != storage_fault::full)
      throw;
    if (auto* log = db_.log_file())
      log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
  }
}

int database::on_log_grown(void* self, sqlite3*, const char*, int frames) {
  static_cast<database*>(self)->frames_ = frames;
  return SQLITE_OK;
}

void database::begin() {
  db_.run("BEGIN IMMEDIATE", "writing the journal");
}

void database::commit() {
  db_.run("COMMIT", "writing the journal");
  // Read the file size each time: a log that was restarted may look longer than before.
  auto* log = db_.log_file();
  salt_ = log ? salt_of_log(log) : std::nullopt;
  is_log_known_ = salt_.has_value();
}

void database::roll_back() noexcept {
  if (sqlite3_get_autocommit(db_.get()) == 0)
    sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

std::optional<database::salt> database::salt_of_log(sqlite3_file* log) {
  salt found{};
  const int code = log->pMethods->xRead(log, found.data(), found.size(), salt_offset);
  return code == SQLITE_OK ? std::optional{found} : std::nullopt;
}

bool database::cut_log() {
  auto* log = db_.log_file();
  if (!log)
    return true;
  if (!is_log_known_)
    return false;
  const auto check = [](int code) {
    if (code != SQLITE_OK)
      sqlite::fail(nullptr, code, "cutting the journal's log");
  };
  sqlite3_int64 size = 0;
  check(log->pMethods->xFileSize(log, &size));
  if (size <= log_header_bytes)
    return true;
  // A different salt means that the failed transaction had restarted the log, after all of it was
  // checkpointed. A salt that cannot be read proves nothing.
  salt now{};
  check(log->pMethods->xRead(log, now.data(), now.size(), salt_offset));
  const bool is_ours = salt_ && now == *salt_;
  const std::int64_t good =
      is_ours ? log_header_bytes + frames_ * (frame_header_bytes + page_bytes_) : 0;
  if (size > good) {
    check(log->pMethods->xTruncate(log, good));
    check(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL));
  }
  return true;
}

std::int64_t database::log_bytes() {
  sqlite3_int64 size = 0;
  if (auto* log = db_.log_file())
    log->pMethods->xFileSize(log, &size);
  return size;
}

void database::checkpoint(checkpoint_kind kind) {
  const bool is_truncating = kind == checkpoint_kind::truncate;
  int frames = 0;
  int copied = 0;
  const sqlite::no_waiting at_once{db_}; // a long backup would otherwise hold up every commit
  const int code = sqlite3_wal_checkpoint_v2(
      db_.get(), "main", is_truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
      &frames, &copied);
  // Busy: another connection reads or writes. SQLite has copied as many frames as it could.
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    return;
  if (code != SQLITE_OK)
    sqlite::fail(db_.get(), code, "checkpointing the journal");
  if (is_truncating) {
    frames_ = 0;
    salt_.reset();
    is_log_known_ = true;
  }
}

void database::close_cleanly() noexcept {
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

} // namespace restante::journal
