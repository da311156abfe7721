#include "restante/broker/journal/durable_files.hpp"

#include <cerrno>
#include <cstdio> // RENAME_NOREPLACE
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace restante::journal::durable {

namespace {

namespace files = std::filesystem;

constexpr std::size_t copied_at_once = 1 << 20;

class open_file {
public:
  open_file(const files::path& path, int flags, mode_t mode = 0)
      : path_{path}, file_{::open(path.c_str(), flags | O_CLOEXEC, mode)} {
    if (file_ < 0)
      fail_with(path, errno);
  }
  ~open_file() { ::close(file_); }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  std::size_t read(std::vector<char>& into) {
    const auto count = ::read(file_, into.data(), into.size());
    if (count < 0)
      fail_with(path_, errno);
    return static_cast<std::size_t>(count);
  }

  void write(const char* from, std::size_t size) {
    while (size > 0) {
      const auto count = ::write(file_, from, size);
      if (count < 0)
        fail_with(path_, errno);
      from += count;
      size -= static_cast<std::size_t>(count);
    }
  }

  void sync() {
    if (::fsync(file_) != 0)
      fail_with(path_, errno);
  }

private:
  files::path path_;
  int file_;
};

/// Renames without replacing; false if `to` exists.
bool rename_to_new(const files::path& from, const files::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
    return true;
  if (errno == EEXIST)
    return false;
  if (errno != EINVAL && errno != ENOSYS)
    fail_with(to, errno);
  // The file system cannot check and rename in one step.
  struct stat known {};
  if (::lstat(to.c_str(), &known) == 0)
    return false;
  if (::rename(from.c_str(), to.c_str()) != 0)
    fail_with(to, errno);
  return true;
}

} // namespace

storage_fault fault_of(int system_error, storage_fault other) {
  switch (system_error) {
  case ENOSPC:
  case EDQUOT:
    return storage_fault::full;
  case EROFS:
    return storage_fault::read_only;
  case EIO:
    return storage_fault::io;
  default:
    return other;
  }
}

void fail(const files::path& at, const std::string& why, storage_fault what) {
  throw storage_error{what, at.string() + ": " + why};
}

void fail_with(const files::path& at, int system_error, const std::string& doing) {
  fail(at, (doing.empty() ? "" : doing + ": ") + std::strerror(system_error),
       fault_of(system_error));
}

void sync_directory(const files::path& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0 && errno == EACCES)
    return; // no permission to read the directory, so it cannot be synced
  if (file < 0)
    fail_with(directory, errno);
  const int done = ::fsync(file);
  const int why = errno;
  ::close(file);
  if (done != 0 && why != EINVAL) // EINVAL: the file system has nothing to write
    fail_with(directory, why);
}

files::path parent_of(const files::path& path) {
  return path.has_parent_path() ? path.parent_path() : files::path{"."};
}

void make_directory(const files::path& directory) {
  if (::mkdir(directory.c_str(), S_IRWXU) != 0)
    fail_with(directory, errno, "it cannot be made");
  sync_directory(parent_of(directory));
}

void copy(const files::path& from, const files::path& to) {
  open_file source{from, O_RDONLY};
  open_file target{to, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR};
  std::vector<char> piece(copied_at_once);
  while (const auto size = source.read(piece))
    target.write(piece.data(), size);
  target.sync();
}

void rename(const files::path& from, const files::path& to, if_there what) {
  if (what == if_there::refuse) {
    if (!rename_to_new(from, to))
      fail(to, "is there already", storage_fault::unusable);
  } else if (::rename(from.c_str(), to.c_str()) != 0) {
    fail_with(to, errno);
  }
  sync_directory(parent_of(to));
}

void remove(const files::path& what) {
  std::error_code failed;
  files::remove_all(what, failed);
  if (failed)
    fail_with(what, failed.value());
}

void give_to_owner_of(const files::path& like, const files::path& what) {
  struct stat wanted {};
  struct stat found {};
  if (::stat(like.c_str(), &wanted) != 0)
    fail_with(like, errno);
  if (::stat(what.c_str(), &found) != 0)
    fail_with(what, errno);
  if (wanted.st_uid == found.st_uid && wanted.st_gid == found.st_gid)
    return;
  if (::chown(what.c_str(), wanted.st_uid, wanted.st_gid) != 0)
    fail_with(what, errno, "it cannot be given to the owner of " + like.string());
}

} // namespace restante::journal::durable
