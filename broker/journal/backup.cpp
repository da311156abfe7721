#include "restante/broker/journal/backup.hpp"

#include "restante/broker/journal/commit_mark.hpp"
#include "restante/broker/journal/database.hpp"
#include "restante/broker/journal/file_names.hpp"
#include "restante/broker/journal/journal_file.hpp"
#include "restante/broker/journal/new_directory.hpp"
#include "restante/broker/journal/sqlite_store.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace restante::journal {

namespace {

namespace files = std::filesystem;
using durable::fail;

constexpr std::uint64_t bytes_between_syncs = 8 << 20;
constexpr int steps_between_looks = 1000; ///< of SQLite's machine: some hundred rows

/// The file that is being written: empty at first, readable by its owner alone, and locked against
/// another backup to the same name. The destructor removes the file, unless it was renamed.
class part_file {
public:
  explicit part_file(files::path path) : path_{std::move(path)} {
    // Another backup may have renamed or removed the file that we opened: then the file is not
    // ours.
    do {
      close();
      open_and_lock();
    } while (!is_still_named());
    if (::ftruncate(file_, 0) != 0 || ::fchmod(file_, S_IRUSR | S_IWUSR) != 0) {
      const int why = errno;
      close();
      durable::fail_with(path_, why);
    }
  }

  ~part_file() {
    std::error_code ignored;
    if (!is_renamed_)
      files::remove(path_, ignored);
    close();
  }

  part_file(const part_file&) = delete;
  part_file& operator=(const part_file&) = delete;

  const files::path& path() const { return path_; }

  /// Syncs what is written so far, at intervals counted in bytes: one large sync at the end would
  /// hold up the syncs of the broker.
  void sync_beyond(std::uint64_t size) {
    if (size < synced_ + bytes_between_syncs)
      return;
    ::fdatasync(file_); // the last sync finds an error
    synced_ = size;
  }

  void rename_to(const files::path& file, durable::if_there what) {
    if (::fsync(file_) != 0)
      durable::fail_with(path_, errno);
    durable::rename(path_, file, what);
    is_renamed_ = true;
  }

private:
  void open_and_lock() {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (file_ < 0)
      durable::fail_with(path_, errno, "it cannot be made");
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0)
      return;
    close();
    fail(path_, "another backup writes it", storage_fault::unusable);
  }

  bool is_still_named() const {
    struct stat opened {};
    struct stat named {};
    return ::fstat(file_, &opened) == 0 && ::lstat(path_.c_str(), &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
  }

  void close() {
    if (file_ >= 0)
      ::close(file_);
    file_ = -1;
  }

  files::path path_;
  int file_ = -1;
  std::uint64_t synced_ = 0;
  bool is_renamed_ = false;
};

/// Refuses a target that would become, or replace, a part of a data directory.
void refuse_target(const files::path& directory, const files::path& file, durable::if_there what) {
  std::error_code failed;
  const auto location = durable::parent_of(file);
  if (!file.has_filename() || files::is_directory(file, failed))
    fail(file, "is a directory; name a file", storage_fault::unusable);
  if (!files::is_directory(location, failed))
    fail(location, "there is no such directory", storage_fault::unusable);
  if (files::equivalent(location, directory, failed) ||
      files::exists(location / file_names::lock, failed))
    fail(file, "a backup belongs outside of data directories", storage_fault::unusable);
  if (!files::exists(files::symlink_status(file, failed)))
    return;
  if (what == durable::if_there::refuse)
    fail(file, "is there already", storage_fault::unusable);
  if (!files::is_regular_file(files::symlink_status(file, failed)))
    fail(file, "is no file", storage_fault::unusable);
}

/// Whether this process may not write in the directory, and the database has neither a log nor an
/// index of a log. SQLite could not create these files, so the database is opened as immutable.
bool is_at_rest(const database_location& location, const traces_found& found) {
  std::error_code failed;
  return !found.log && ::access(location.directory.c_str(), W_OK) != 0 &&
         !files::exists(location.file() + "-shm", failed);
}

/// Opens the journal for reading. Beside a running broker SQLite's own locks are enough.
sqlite::connection source_in(const files::path& directory) {
  const database_location location{directory, {}};
  const auto found = look_for_files(location);
  std::error_code failed;
  if (!files::is_directory(directory, failed))
    fail(directory, "there is no such directory", storage_fault::unusable);
  if (::access(directory.c_str(), R_OK | X_OK) != 0)
    durable::fail_with(directory, errno);
  if (found.empty_database)
    fail(location.file(), "is empty: that is no journal", storage_fault::corrupt);
  if (!found.database)
    fail(directory, "there is no journal in it", storage_fault::unusable);
  if (is_at_rest(location, found))
    return sqlite::connection{
        immutable_address(location.file()), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, {}};
  return sqlite::connection{location.file(), SQLITE_OPEN_READONLY, {}};
}

struct progress_watch {
  part_file& part;
  double bytes_expected;
  const backup_options& how;
  bool is_stopped = false;

  static int look(void* raw) {
    auto& self = *static_cast<progress_watch*>(raw);
    std::error_code missing;
    const auto found = files::file_size(self.part.path(), missing);
    const auto size = missing ? 0 : found;
    self.part.sync_beyond(size);
    const double part = static_cast<double>(size) / self.bytes_expected;
    self.is_stopped = !self.how.go_on(part);
    return self.is_stopped ? 1 : 0;
  }
};

void write_all(const files::path& directory, part_file& to, const backup_options& how) {
  const auto source = source_in(directory);
  source.run("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", "reading the journal");
  if (layout::look_at(source) == 0)
    fail(directory / file_names::database, "is a database with nothing in it, and no journal",
         storage_fault::corrupt);
  const auto bytes = source.number("PRAGMA page_count", "reading the journal") *
                     source.number("PRAGMA page_size", "reading the journal");
  progress_watch watch{to, static_cast<double>(std::max<std::int64_t>(bytes, 1)), how};
  sqlite3_progress_handler(source.get(), steps_between_looks, progress_watch::look, &watch);
  sqlite::statement copying{source, "VACUUM INTO ?"};
  const auto name = files::absolute(to.path()).string();
  copying.bind_text(1, name);
  try {
    copying.run();
  } catch (const storage_error& error) {
    if (watch.is_stopped)
      fail(to.path(), "stopped; nothing is left of it");
    throw storage_error{error.fault(), "writing " + to.path().string() + ": " + error.what()};
  }
}

backup_report report_of(const files::path& file) {
  const journal_file read{file};
  const auto stats = read.stats();
  return {stats.notifications, stats.undelivered, read.commits(), stats.bytes};
}

} // namespace

void expect_sound(const files::path& location, const slot_function& slot_of) {
  const auto found = check(location, slot_of);
  if (found.is_sound)
    return;
  for (const auto& line : found.lines) {
    if (line.find("damaged") != std::string::npos || line.find("pages:") != std::string::npos)
      fail(location, line, storage_fault::corrupt);
  }
  fail(location, found.lines.empty() ? "is damaged" : found.lines.back(), storage_fault::corrupt);
}

backup_report backup(const files::path& directory, const files::path& file,
                     const backup_options& how) {
  refuse_target(directory, file, how.target);
  // Read the mark first: every commit that the mark counts is in the data read afterwards.
  const auto marked = commit_mark{(directory / file_names::commit_mark).string(), {}}.read();
  part_file part{file.string() + ".part"};
  write_all(directory, part, how);
  expect_sound(part.path(), how.slot_of);
  const auto report = report_of(part.path());
  if (marked && report.commits < *marked)
    fail(directory / file_names::database,
         "of " + std::to_string(*marked) + " commits only the first " +
             std::to_string(report.commits) + " are there",
         storage_fault::corrupt);
  part.rename_to(file, how.target);
  return report;
}

backup_report restore(const files::path& file, const files::path& directory,
                      const slot_function& slot_of) {
  const auto report = report_of(file);
  expect_sound(file, slot_of);
  new_directory made{directory};
  durable::copy(file, made.part() / file_names::database);
  expect_sound(made.part(), slot_of); // this also makes its commit mark
  made.finish();
  return report;
}

} // namespace restante::journal
