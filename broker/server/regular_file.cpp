#include "restante/broker/server/regular_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdexcept>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace restante::serve {

namespace {

bool is_pipe_without_name(int file) {
  struct statfs system {};
  return ::fstatfs(file, &system) == 0 && system.f_type == PIPEFS_MAGIC;
}

/// The reason for the refusal; null: the file may be read.
const char* fault_in_kind(int file) {
  struct stat known {};
  if (::fstat(file, &known) != 0)
    return std::strerror(errno);
  if (S_ISDIR(known.st_mode))
    return "is a directory";
  return S_ISREG(known.st_mode) || is_pipe_without_name(file) ? nullptr : "is no regular file";
}

/// Waits until there is data to read or the end of the file.
bool wait_for(int file, std::chrono::steady_clock::time_point until) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  pollfd what{file, POLLIN, 0};
  return left.count() > 0 && ::poll(&what, 1, static_cast<int>(left.count())) != 0;
}

} // namespace

/// Opens the file first and checks its kind afterwards, so that no process can replace the file
/// between the two steps.
regular_file::regular_file(const std::string& path)
    : path_{path}, file_{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)} {
  if (file_ < 0)
    throw std::runtime_error{path + ": " + std::strerror(errno)};
  if (const char* wrong = fault_in_kind(file_)) {
    ::close(file_);
    throw std::runtime_error{path + ": " + wrong};
  }
}

regular_file::~regular_file() {
  ::close(file_);
}

/// Files of /proc report a size of 0, so this does not rely on the size.
std::string regular_file::text(std::size_t most) const {
  std::string all;
  char part[4096];
  const auto until = std::chrono::steady_clock::now() + pipe_wait;
  while (all.size() <= most) {
    const auto count = ::read(file_, part, sizeof part);
    if (count == 0)
      return all;
    if (count > 0)
      all.append(part, static_cast<std::size_t>(count));
    else if (errno != EINTR && (errno != EAGAIN || !wait_for(file_, until)))
      throw std::runtime_error{path_ + ": " +
                               (errno == EAGAIN ? "nothing comes" : std::strerror(errno))};
  }
  throw std::runtime_error{path_ + ": is longer than " + std::to_string(most) + " bytes"};
}

} // namespace restante::serve
