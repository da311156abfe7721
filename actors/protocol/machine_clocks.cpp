#include "restante/actors/protocol/machine_clocks.hpp"

#include <chrono>
#include <fstream>
#include <string>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace restante {

namespace {

instant wall_now() {
  return {std::chrono::duration_cast<duration>(std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

/// Asks the kernel directly. A library may be preloaded that changes the time of the C library, to
/// try a broker at another date; that must not look as if so much time had passed.
boot_clock boot_now() {
  boot_clock now;
  timespec since{};
  std::ifstream{"/proc/sys/kernel/random/boot_id"} >> now.boot;
  if (::syscall(SYS_clock_gettime, CLOCK_BOOTTIME, &since) != 0)
    return {};
  now.since = std::chrono::seconds{since.tv_sec} + std::chrono::nanoseconds{since.tv_nsec};
  return now;
}

} // namespace

machine_clocks system_clocks() {
  return {wall_now, boot_now};
}

} // namespace restante
