#pragma once

#include "restante/broker/server/signal_inbox.hpp"

#include <atomic>
#include <functional>
#include <thread>

namespace restante::cli {

/// Handles SIGINT, SIGTERM and SIGHUP while it exists: the first signal calls `stop` in a thread of
/// its own, and a second one ends the program immediately with the status 128 plus the signal's
/// number. Make it before any other thread.
class interrupts {
public:
  explicit interrupts(std::function<void()> stop);
  ~interrupts();

  interrupts(const interrupts&) = delete;
  interrupts& operator=(const interrupts&) = delete;

private:
  void watch();

  serve::signal_inbox inbox_;
  std::function<void()> stop_;
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

} // namespace restante::cli
