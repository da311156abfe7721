#include "restante/broker/journal/directory_lock.hpp"

#include "restante/actors/model/store.hpp"
#include "restante/broker/journal/file_names.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace restante::journal {
namespace {

/// The holder's text about itself. It may be incomplete or missing.
std::string holder(int file) {
  std::array<char, 32> text{};
  const auto size = ::pread(file, text.data(), text.size(), 0);
  std::string pid;
  for (ssize_t n = 0; n < size && text[n] >= '0' && text[n] <= '9'; ++n)
    pid += text[n];
  return pid.empty() ? "another process" : "process " + pid;
}

void write_pid(int file) {
  const auto pid = std::to_string(::getpid()) + "\n";
  // The text is only for people: on a full disk the lock holds without it.
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, pid.data(), pid.size(), 0) < 0)
    return;
}

} // namespace

directory_lock::directory_lock(const std::filesystem::path& directory) {
  const auto path = directory / file_names::lock;
  const auto say = [&](storage_fault fault, const std::string& why) {
    return storage_error{fault, "data directory " + directory.string() + ": " + why};
  };
  std::error_code ignored;
  if (!std::filesystem::is_directory(directory, ignored))
    throw say(storage_fault::unusable, "there is no such directory");

  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0)
    throw say(errno == EROFS                       ? storage_fault::read_only
              : errno == ENOSPC || errno == EDQUOT ? storage_fault::full
                                                   : storage_fault::unusable,
              std::string{file_names::lock} + " cannot be opened: " + std::strerror(errno));
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    const auto who = holder(file_);
    ::close(file_);
    if (why == EWOULDBLOCK)
      throw say(storage_fault::locked, who + " has it");
    throw say(storage_fault::unusable,
              std::string{file_names::lock} + " cannot be locked: " + std::strerror(why));
  }
  write_pid(file_);
}

directory_lock::~directory_lock() {
  ::close(file_);
}

} // namespace restante::journal
