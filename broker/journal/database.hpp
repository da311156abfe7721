#pragma once

#include "restante/broker/journal/file_names.hpp"
#include "restante/broker/journal/layout.hpp"
#include "restante/broker/journal/sqlite.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace restante::journal {

/// The place of the database and its VFS; an empty VFS name is the default VFS.
struct database_location {
  std::filesystem::path directory;
  std::string vfs;

  std::string file() const { return (directory / file_names::database).string(); }
  std::string commit_mark_file() const { return (directory / file_names::commit_mark).string(); }
  std::string creation_mark_file() const {
    return (directory / file_names::creation_mark).string();
  }
};

/// The files that exist before the database is opened. An empty log counts as a missing log.
struct traces_found {
  bool database = false;       ///< a file with content
  bool empty_database = false; ///< a file without a byte
  bool log = false;
};

traces_found look_for_files(const database_location& location);

/// The open database and its write-ahead log. Looking at it changes nothing on disk until
/// `start_writing`: damaged files stay as they were found.
class database {
public:
  explicit database(const database_location& location);
  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  sqlite::connection& connection() { return db_; }

  /// Sets the options that SQLite accepts only before the first table is created.
  void prepare_empty();

  /// Makes the content that recovery found in the log durable, and empties the log.
  void start_writing();

  void begin();

  /// Commits; the data is on disk when it returns. Remembers how long the log is now.
  void commit();

  /// Ends a transaction that failed. Does not throw.
  void roll_back() noexcept;

  /// Removes the frames of a failed transaction from the log, because a recovery could otherwise
  /// apply changes that were refused. Returns false when the end of the last commit in the log is
  /// not known: the next commit then overwrites these frames. Throws storage_error.
  bool cut_log();

  /// Frames in the log since it was last restarted.
  int log_frames() const { return frames_; }
  std::int64_t log_bytes();

  enum class checkpoint_kind { passive, truncate };

  /// Copies frames from the log to the database, except those that a reader holds back.
  void checkpoint(checkpoint_kind kind);

  /// Lets SQLite remove the log when it closes.
  void close_cleanly() noexcept;

private:
  using salt = std::array<char, 8>;

  static int on_log_grown(void* self, sqlite3*, const char*, int frames);
  std::optional<salt> salt_of_log(sqlite3_file* log);

  sqlite::connection db_;
  std::int64_t page_bytes_ = 0;
  int frames_ = 0;
  bool is_log_known_ = false; ///< whether frames_ and salt_ are from the last commit
  std::optional<salt> salt_;  ///< of the log after the last commit; nothing: the log is empty
};

} // namespace restante::journal
