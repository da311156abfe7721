#pragma once

#include "restante/actors/model/store.hpp"
#include "restante/broker/journal/cell.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The few functions of SQLite that the store uses. Only sources include this header: users of the
/// store need no sqlite3.h.
namespace restante::journal::sqlite {

/// The storage_fault for an extended result code. Errors that a sound store cannot cause, such as a
/// constraint or a missing table, mean that the file is not what we wrote.
storage_fault fault_of(int code, int system_error = 0);

/// Throws the storage_error for the last error of `db`, which was returned as `code`.
[[noreturn]] void fail(sqlite3* db, int code, std::string_view doing);

/// An open database. Closing it copies nothing from the log to the database, so damaged files stay
/// as they were found.
class connection {
public:
  /// `flags` are those of sqlite3_open_v2; an empty `vfs` is the default VFS.
  connection(const std::string& path, int flags, const std::string& vfs);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  sqlite3* get() const { return db_; }

  /// Runs statements whose results are not needed.
  void run(const char* sql, std::string_view doing) const;

  /// The first column of the first row; 0 without a row.
  std::int64_t number(const char* sql, std::string_view doing) const;
  std::string text(const char* sql, std::string_view doing) const;

  /// Lets SQLite check every page. Returns one line for each fault, and no lines without a fault.
  std::vector<std::string> check_pages() const;

  /// The file of the write-ahead log; null before the first write.
  sqlite3_file* log_file() const;

private:
  sqlite3* db_ = nullptr;
};

/// While this object exists, an operation of `at` that another connection blocks fails immediately
/// with SQLITE_BUSY. Without this object, SQLite waits for the busy timeout first.
class no_waiting {
public:
  explicit no_waiting(const connection& at);
  ~no_waiting();
  no_waiting(const no_waiting&) = delete;
  no_waiting& operator=(const no_waiting&) = delete;

private:
  const connection& at_;
};

/// A prepared statement. Parameters are numbered from 1, columns from 0. Text and blobs that are
/// bound must live until the next reset.
class statement {
public:
  statement(const connection& db, std::string_view sql);
  ~statement() { sqlite3_finalize(raw_); }
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  void bind(int index, std::int64_t value);
  void bind_text(int index, std::string_view value);
  void bind_blob(int index, std::string_view value);
  void bind_null(int index);

  /// Binds the cells of `row` to the parameters from `first` on.
  void bind_row(int first, std::span<const cell> row);

  /// Whether there is a row; the statement is reset when there is none.
  bool step();
  void run();
  void reset() { sqlite3_reset(raw_); }

  std::int64_t number(int column) const { return sqlite3_column_int64(raw_, column); }
  bool is_null(int column) const { return sqlite3_column_type(raw_, column) == SQLITE_NULL; }
  bool is_text(int column) const { return sqlite3_column_type(raw_, column) == SQLITE_TEXT; }

  /// Reads `count` columns from `first` on, and fills `into` with null cells up to `size`. The
  /// cells are valid until the next step or reset.
  void row(int first, std::size_t count, std::size_t size, std::vector<cell>& into) const;

  /// The bytes of a text or a blob, valid until the next step or reset.
  std::string_view bytes(int column) const;

private:
  void check(int code);

  sqlite3* db_;
  sqlite3_stmt* raw_ = nullptr;
};

/// Resets a statement at the end of a scope, after an exception too.
class reset_guard {
public:
  explicit reset_guard(statement& guarded) : guarded_{guarded} {}
  ~reset_guard() { guarded_.reset(); }
  reset_guard(const reset_guard&) = delete;
  reset_guard& operator=(const reset_guard&) = delete;

private:
  statement& guarded_;
};

} // namespace restante::journal::sqlite
