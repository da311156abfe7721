#include "restante/broker/cli/interrupts.hpp"

#include <cstdlib>
#include <utility>

namespace restante::cli {

interrupts::interrupts(std::function<void()> stop)
    : stop_{std::move(stop)}, thread_{[this] { watch(); }} {}

interrupts::~interrupts() {
  is_over_ = true;
  inbox_.wake();
  thread_.join();
}

void interrupts::watch() {
  bool was_told = false;
  while (!is_over_) {
    const int signal = inbox_.next();
    if (signal == serve::signal_inbox::wake_up)
      continue;
    if (std::exchange(was_told, true))
      std::_Exit(128 + signal);
    stop_();
  }
}

} // namespace restante::cli
