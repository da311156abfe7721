#include "restante/broker/journal/creation_mark.hpp"

#include "restante/broker/journal/sqlite.hpp"
#include "restante/broker/journal/vfs_file.hpp"

#include <string_view>

namespace restante::journal {

namespace {

constexpr std::string_view text = "a journal is being made here\n";

} // namespace

creation_mark::creation_mark(std::string path, const std::string& vfs)
    : path_{std::move(path)}, vfs_{sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str())} {
  if (!vfs_)
    throw storage_error{storage_fault::unusable, "there is no VFS " + vfs};
}

bool creation_mark::is_set() const {
  return vfs_file{vfs_, path_, vfs_file::mode::existing}.is_there();
}

void creation_mark::set() {
  const vfs_file file{vfs_, path_, vfs_file::mode::create};
  const auto* calls = file.get()->pMethods;
  int code = calls->xWrite(file.get(), text.data(), static_cast<int>(text.size()), 0);
  if (code == SQLITE_OK)
    code = calls->xSync(file.get(), SQLITE_SYNC_NORMAL);
  if (code != SQLITE_OK)
    throw storage_error{sqlite::fault_of(code), path_ + ": " + sqlite3_errstr(code)};
}

void creation_mark::clear() {
  const int code = vfs_->xDelete(vfs_, path_.c_str(), 1);
  if (code != SQLITE_OK && code != SQLITE_IOERR_DELETE_NOENT)
    throw storage_error{sqlite::fault_of(code), path_ + ": " + sqlite3_errstr(code)};
}

} // namespace restante::journal
