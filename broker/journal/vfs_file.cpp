#include "restante/broker/journal/vfs_file.hpp"

#include "restante/broker/journal/sqlite.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace restante::journal {

namespace {

/// Creates the file with access for its owner only. SQLite would let every user read the file.
void make_privately(const std::string& path) {
  if (const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); file >= 0)
    ::close(file);
}

} // namespace

vfs_file::vfs_file(sqlite3_vfs* vfs, std::string path, mode how)
    : path_{std::move(path)}, memory_{std::make_unique<std::byte[]>(
                                  static_cast<std::size_t>(vfs->szOsFile))} {
  const bool is_new = how == mode::create;
  const bool is_of_system = vfs == sqlite3_vfs_find(nullptr);
  if (is_of_system && is_new)
    make_privately(path_);
  if (is_of_system && !is_new && ::access(path_.c_str(), F_OK) != 0)
    return;
  auto* file = reinterpret_cast<sqlite3_file*>(memory_.get());
  // For a file of this kind the VFS makes the directory's entry durable with the first sync.
  const int flags =
      SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_READWRITE | (is_new ? SQLITE_OPEN_CREATE : 0);
  int granted = 0;
  const int code = vfs->xOpen(vfs, path_.c_str(), file, flags, &granted);
  if (code == SQLITE_OK)
    file_ = file;
  else if (is_new || is_of_system)
    throw storage_error{sqlite::fault_of(code), path_ + ": " + sqlite3_errstr(code)};
}

vfs_file::~vfs_file() {
  if (file_)
    file_->pMethods->xClose(file_);
}

} // namespace restante::journal
