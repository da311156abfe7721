#include "restante/broker/journal/sqlite.hpp"

#include "restante/broker/journal/durable_files.hpp"

#include <cerrno>
#include <cstring>

namespace restante::journal::sqlite {
namespace {

constexpr const char* database = "main";
constexpr int busy_ms = 5'000;

} // namespace

storage_fault fault_of(int code, int system_error) {
  if (code == SQLITE_IOERR_CORRUPTFS)
    return storage_fault::corrupt;
  switch (code & 0xff) {
  case SQLITE_FULL:
    return storage_fault::full;
  case SQLITE_IOERR:
    return durable::fault_of(system_error, storage_fault::io);
  case SQLITE_READONLY:
    return storage_fault::read_only;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return storage_fault::locked;
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
  case SQLITE_AUTH:
    return storage_fault::unusable;
  case SQLITE_NOMEM:
  case SQLITE_INTERRUPT:
  case SQLITE_PROTOCOL:
    return storage_fault::io;
  default:
    return storage_fault::corrupt;
  }
}

void fail(sqlite3* db, int code, std::string_view doing) {
  const int extended = db ? sqlite3_extended_errcode(db) : code;
  const int shown = (extended & 0xff) == (code & 0xff) ? extended : code;
  const int system_error = db ? sqlite3_system_errno(db) : 0;
  const auto fault = fault_of(shown, system_error);
  std::string text{doing};
  text += ": ";
  text += db && shown == extended ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  text += " (" + std::to_string(shown) + ")";
  if (system_error != 0 && (shown & 0xff) == SQLITE_IOERR)
    text.append(", ").append(std::strerror(system_error));
  throw storage_error{fault, text};
}

connection::connection(const std::string& path, int flags, const std::string& vfs) {
  const int code = sqlite3_open_v2(path.c_str(), &db_, flags | SQLITE_OPEN_NOMUTEX,
                                   vfs.empty() ? nullptr : vfs.c_str());
  if (code == SQLITE_OK) {
    sqlite3_extended_result_codes(db_, 1);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_busy_timeout(db_, busy_ms);
    return;
  }
  try {
    fail(db_, code, "opening " + path);
  } catch (...) {
    sqlite3_close_v2(db_);
    throw;
  }
}

no_waiting::no_waiting(const connection& at) : at_{at} {
  sqlite3_busy_timeout(at_.get(), 0);
}

no_waiting::~no_waiting() {
  sqlite3_busy_timeout(at_.get(), busy_ms);
}

connection::~connection() {
  sqlite3_close_v2(db_);
}

void connection::run(const char* sql, std::string_view doing) const {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    fail(db_, code, doing);
}

std::int64_t connection::number(const char* sql, std::string_view) const {
  statement asked{*this, sql};
  return asked.step() ? asked.number(0) : 0;
}

std::string connection::text(const char* sql, std::string_view) const {
  statement asked{*this, sql};
  return asked.step() ? std::string{asked.bytes(0)} : std::string{};
}

std::vector<std::string> connection::check_pages() const {
  statement check{*this, "PRAGMA integrity_check(100)"};
  std::vector<std::string> lines;
  while (check.step()) {
    if (const auto line = check.bytes(0); line != "ok")
      lines.emplace_back(line);
  }
  return lines;
}

sqlite3_file* connection::log_file() const {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db_, database, SQLITE_FCNTL_JOURNAL_POINTER, &file);
  return file && file->pMethods ? file : nullptr;
}

statement::statement(const connection& db, std::string_view sql) : db_{db.get()} {
  check(sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &raw_, nullptr));
}

void statement::check(int code) {
  if (code == SQLITE_OK)
    return;
  try {
    fail(db_, code, "the journal");
  } catch (...) {
    reset();
    throw;
  }
}

void statement::bind(int index, std::int64_t value) {
  check(sqlite3_bind_int64(raw_, index, value));
}

void statement::bind_text(int index, std::string_view value) {
  const char* data = value.empty() ? "" : value.data(); // a null pointer would be NULL
  check(sqlite3_bind_text(raw_, index, data, static_cast<int>(value.size()), SQLITE_STATIC));
}

void statement::bind_blob(int index, std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  check(sqlite3_bind_blob(raw_, index, data, static_cast<int>(value.size()), SQLITE_STATIC));
}

void statement::bind_null(int index) {
  check(sqlite3_bind_null(raw_, index));
}

void statement::bind_row(int first, std::span<const cell> row) {
  for (const auto& each : row) {
    switch (each.what()) {
    case cell::kind::integer:
      bind(first++, each.number());
      break;
    case cell::kind::text:
      bind_text(first++, each.bytes());
      break;
    case cell::kind::blob:
      bind_blob(first++, each.bytes());
      break;
    default:
      bind_null(first++);
    }
  }
}

bool statement::step() {
  const int code = sqlite3_step(raw_);
  if (code == SQLITE_ROW)
    return true;
  if (code != SQLITE_DONE)
    check(code);
  reset();
  return false;
}

void statement::run() {
  while (step()) {
  }
}

void statement::row(int first, std::size_t count, std::size_t size, std::vector<cell>& into) const {
  into.clear();
  for (int column = first; into.size() < count; ++column) {
    switch (sqlite3_column_type(raw_, column)) {
    case SQLITE_INTEGER:
      into.push_back(cell::integer(number(column)));
      break;
    case SQLITE_TEXT:
      into.push_back(cell::text(bytes(column)));
      break;
    case SQLITE_BLOB:
      into.push_back(cell::blob(bytes(column)));
      break;
    case SQLITE_NULL:
      into.emplace_back();
      break;
    default:
      into.push_back(cell::other());
    }
  }
  into.resize(size);
}

std::string_view statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(raw_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(raw_, column));
  return data ? std::string_view{data, size} : std::string_view{};
}

} // namespace restante::journal::sqlite
