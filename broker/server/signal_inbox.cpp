#include "restante/broker/server/signal_inbox.hpp"

#include <ctime>
#include <initializer_list>
#include <pthread.h>
#include <unistd.h>

namespace restante::serve {

signal_inbox::signal_inbox() {
  sigemptyset(&waited_for_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, wake_up})
    sigaddset(&waited_for_, signal);
  pthread_sigmask(SIG_BLOCK, &waited_for_, &before_);
}

signal_inbox::~signal_inbox() {
  // Consumes late signals: once unblocked, such a signal would end the program.
  constexpr timespec at_once{};
  while (sigtimedwait(&waited_for_, nullptr, &at_once) > 0) {
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

int signal_inbox::next() const {
  int signal = 0;
  sigwait(&waited_for_, &signal);
  return signal;
}

std::optional<int> signal_inbox::next_within(std::chrono::milliseconds most) const {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(most);
  const std::chrono::nanoseconds rest = most - whole;
  const timespec patience{static_cast<std::time_t>(whole.count()), static_cast<long>(rest.count())};
  const int signal = sigtimedwait(&waited_for_, nullptr, &patience);
  return signal > 0 ? std::optional{signal} : std::nullopt;
}

void signal_inbox::wake() const {
  ::kill(::getpid(), wake_up);
}

} // namespace restante::serve
