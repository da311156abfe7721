#include "restante/broker/server/service_state.hpp"

#include <systemd/sd-daemon.h>

#include <cstdlib>
#include <future>
#include <string>
#include <thread>
#include <time.h>
#include <utility>

namespace restante::serve {

namespace {

/// sd_notify blocks when the service manager does not read the socket. A stop must not wait for
/// that.
void tell(const std::string& state) {
  if (std::getenv("NOTIFY_SOCKET") == nullptr)
    return;
  constexpr std::chrono::milliseconds patience{500};
  std::packaged_task<void()> telling{[state] { sd_notify(0, state.c_str()); }};
  const auto told = telling.get_future();
  std::thread{std::move(telling)}.detach();
  told.wait_for(patience);
}

/// The clock that systemd reads (CLOCK_MONOTONIC), independent of the C++ clock.
long long monotonic_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000LL + now.tv_nsec / 1000;
}

} // namespace

void tell_ready() {
  tell("READY=1\nSTATUS=listening");
}

void tell_reloading() {
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_us()));
}

void tell_stopping(std::chrono::microseconds most) {
  tell("STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=" + std::to_string(most.count()));
}

} // namespace restante::serve
