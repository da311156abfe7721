#include "restante/benchmarks/disk.hpp"

#include "restante/benchmarks/harness.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <string>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>

namespace restante::benchmarks {

namespace {

/// Closes the descriptor in its destructor.
class opened {
public:
  opened(const std::filesystem::path& path, int flags)
      : path_(path), fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    check(fd_ >= 0);
  }
  opened(const opened&) = delete;
  opened& operator=(const opened&) = delete;
  ~opened() { ::close(fd_); }

  int fd() const noexcept { return fd_; }

  void check(bool fine) const {
    if (!fine)
      throw std::system_error(errno, std::generic_category(), path_.string());
  }

private:
  std::filesystem::path path_;
  int fd_;
};

} // namespace

double syncs_per_second(const std::filesystem::path& directory,
                        std::chrono::duration<double> time) {
  const auto path = directory / "synced";
  std::array<char, synced_bytes> page;
  page.fill('x');
  std::size_t count = 0;
  std::chrono::duration<double> taken{};
  {
    const opened file{path, O_WRONLY | O_CREAT | O_TRUNC};
    const auto start = bench_clock::now();
    do {
      file.check(::write(file.fd(), page.data(), page.size()) == synced_bytes);
      file.check(::fdatasync(file.fd()) == 0);
      ++count;
      taken = bench_clock::now() - start;
    } while (taken < time);
  }
  std::filesystem::remove(path);
  return static_cast<double>(count) / taken.count();
}

void make_writes_durable(const std::filesystem::path& directory) {
  const opened place{directory, O_RDONLY | O_DIRECTORY};
  int flags = 0;
  place.check(::ioctl(place.fd(), FS_IOC_GETFLAGS, &flags) == 0);
  flags |= FS_SYNC_FL;
  place.check(::ioctl(place.fd(), FS_IOC_SETFLAGS, &flags) == 0);
}

} // namespace restante::benchmarks
