#include "restante/broker/journal/commit_mark.hpp"

#include "restante/broker/journal/checksum.hpp"
#include "restante/broker/journal/sqlite.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace restante::journal {
namespace {

// One page for each record: a torn write damages only one of them.
constexpr std::size_t copies = 3;
constexpr sqlite3_int64 place_bytes = 4096;
constexpr std::size_t running = 2; ///< the place that is written with each commit
constexpr int record_bytes = 64;

sqlite3_int64 offset_of(std::size_t index) {
  return static_cast<sqlite3_int64>(index) * place_bytes;
}

/// Readable in an editor: "restante journal seal <20 digits> <16 hex>\n", padded with spaces.
std::string record_of(std::uint64_t commits) {
  row_checksum hash;
  const auto sum =
      static_cast<std::uint64_t>(hash.start('s').add(static_cast<std::int64_t>(commits)).value());
  std::array<char, record_bytes + 1> text{};
  std::snprintf(text.data(), text.size(), "restante journal seal %020llu %016llx\n",
                static_cast<unsigned long long>(commits), static_cast<unsigned long long>(sum));
  std::string record{text.data()};
  record.resize(record_bytes, ' ');
  return record;
}

std::optional<std::uint64_t> commits_of(const std::string& record) {
  unsigned long long commits = 0;
  if (std::sscanf(record.c_str(), "restante journal seal %llu", &commits) != 1)
    return {};
  return record == record_of(commits) ? std::optional<std::uint64_t>{commits} : std::nullopt;
}

} // namespace

commit_mark::commit_mark(const std::string& path, const std::string& vfs)
    : path_{path}, vfs_{sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str())} {
  if (!vfs_)
    throw storage_error{storage_fault::unusable, "there is no VFS " + vfs};
}

commit_mark::~commit_mark() {
  if (file_)
    file_->pMethods->xClose(file_);
}

bool commit_mark::open(bool create) {
  if (file_)
    return true;
  // For a file of this kind the VFS makes the directory's entry durable with the first sync.
  const int flags =
      SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
  memory_ = std::make_unique<std::byte[]>(static_cast<std::size_t>(vfs_->szOsFile));
  auto* file = reinterpret_cast<sqlite3_file*>(memory_.get());
  int is_there = 0;
  if (!create &&
      (vfs_->xAccess(vfs_, path_.c_str(), SQLITE_ACCESS_EXISTS, &is_there) != SQLITE_OK ||
       !is_there))
    return false;
  // SQLite would let every user read the file.
  if (create && vfs_ == sqlite3_vfs_find(nullptr)) {
    if (const int mine = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); mine >= 0)
      ::close(mine);
  }
  int granted = 0;
  const int code = vfs_->xOpen(vfs_, path_.c_str(), file, flags, &granted);
  if (code != SQLITE_OK)
    throw storage_error{sqlite::fault_of(code), path_ + ": " + sqlite3_errstr(code)};
  file_ = file;
  return true;
}

std::optional<std::uint64_t> commit_mark::read() {
  if (!open(false))
    return {};
  sqlite3_int64 size = 0;
  int code = file_->pMethods->xFileSize(file_, &size);
  std::optional<std::uint64_t> highest;
  std::array<std::uint64_t, copies> found{};
  for (std::size_t index = 0; code == SQLITE_OK && index < copies; ++index) {
    const auto offset = offset_of(index);
    if (offset + record_bytes > size)
      break;
    std::string record(record_bytes, '\0');
    code = file_->pMethods->xRead(file_, record.data(), record_bytes, offset);
    if (const auto commits = commits_of(record); commits && code == SQLITE_OK) {
      highest = std::max(highest.value_or(0), *commits);
      found[index] = *commits + 1;
    }
  }
  next_synced_ = found[0] <= found[1] ? 0 : 1; // the better of the two is left alone
  if (code != SQLITE_OK)
    throw storage_error{sqlite::fault_of(code), path_ + ": " + sqlite3_errstr(code)};
  if (!highest && size > 0)
    throw storage_error{storage_fault::corrupt,
                        path_ + ": is damaged: what the journal should hold is not known"};
  return highest;
}

int commit_mark::write(std::size_t index, std::uint64_t commits) noexcept {
  const auto record = record_of(commits);
  return file_->pMethods->xWrite(file_, record.data(), record_bytes, offset_of(index));
}

void commit_mark::note(std::uint64_t commits) noexcept {
  if (file_)
    write(running, commits);
  is_synced_ = false;
}

void commit_mark::sync(std::uint64_t commits) {
  open(true);
  int code = write(next_synced_, commits);
  if (code == SQLITE_OK)
    code = file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL);
  if (code != SQLITE_OK)
    throw storage_error{sqlite::fault_of(code), path_ + ": " + sqlite3_errstr(code)};
  next_synced_ = 1 - next_synced_;
  is_synced_ = true;
}

} // namespace restante::journal
