#include "restante/broker/log/output.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace restante::logging {

namespace {

/// Opens the same pipe or terminal a second time, so that the mode of the new descriptor belongs to
/// this process alone. Below 0: not possible.
int open_again(int descriptor) {
  const auto path = "/proc/self/fd/" + std::to_string(descriptor);
  return ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

} // namespace

std::shared_ptr<output> output::of(int descriptor) {
  const auto made = [](int used, bool is_ours, kind how) {
    return std::shared_ptr<output>{new output{used, is_ours, how}};
  };
  struct stat known {};
  if (::fstat(descriptor, &known) != 0 || S_ISREG(known.st_mode))
    return made(descriptor, false, kind::plain);
  if (S_ISSOCK(known.st_mode))
    return made(descriptor, false, kind::socket);
  if (const int again = open_again(descriptor); again >= 0)
    return made(again, true, kind::nonblocking);
  return made(descriptor, false, kind::sharing);
}

std::shared_ptr<output> output::append_to(const std::string& path) {
  constexpr int common = O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  constexpr mode_t mode = 0666; // the umask applies
  int file = ::open(path.c_str(), O_WRONLY | common, mode);
  if (file < 0 && errno == ENXIO) // a FIFO without a reader
    file = ::open(path.c_str(), O_RDWR | common, mode);
  if (file < 0)
    throw std::system_error{errno, std::generic_category(), "cannot open " + path};
  return std::shared_ptr<output>{new output{file, true, kind::nonblocking}};
}

output::~output() {
  if (is_ours_)
    ::close(descriptor_);
}

std::ptrdiff_t output::write_some(std::string_view text) {
  // Other processes write to this output too and may fill it between the check and the write. So
  // one write has at most the size that a pipe accepts as a whole once it has room.
  if (kind_ == kind::sharing) {
    if (!wait(std::chrono::milliseconds{0}))
      return 0;
    text = text.substr(0, PIPE_BUF);
  }
  const auto done = kind_ == kind::socket
                        ? ::send(descriptor_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                        : ::write(descriptor_, text.data(), text.size());
  if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return 0;
  return done;
}

bool output::wait(std::chrono::milliseconds most) const {
  pollfd one{descriptor_, POLLOUT, 0};
  return ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(most.count(), INT_MAX))) > 0;
}

bool output::write_within(std::string_view text, std::chrono::milliseconds most) {
  const auto limit = std::chrono::steady_clock::now() + most;
  while (!text.empty()) {
    const auto done = write_some(text);
    if (done < 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(done));
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now());
    if (done == 0 && (left.count() <= 0 || !wait(left)))
      return false;
  }
  return true;
}

} // namespace restante::logging
