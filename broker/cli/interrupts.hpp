#pragma once

#include "restante/broker/server/signal_inbox.hpp"

#include <atomic>
#include <functional>
#include <thread>

namespace restante::cli {

/// Makes SIGINT, SIGTERM and SIGHUP something to react to, while it lives: the first one calls
/// `stop`, in a thread of its own; a second one ends the program at once, with 128 and the
/// signal's number. Make it before any other thread.
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
