#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace restante::serve {

/// Blocks the signals that an operator sends, in this thread and in all threads that it starts, so
/// that one place can wait for them. Make it before any other thread. Its destructor restores the
/// previous state and discards signals that were not waited for.
class signal_inbox {
public:
  signal_inbox();
  ~signal_inbox();

  signal_inbox(const signal_inbox&) = delete;
  signal_inbox& operator=(const signal_inbox&) = delete;

  /// Waits for SIGTERM, SIGINT, SIGHUP or `wake_up`.
  int next() const;

  /// Waits for a signal or `wake_up`, no longer than `most`. Nothing: none has come.
  std::optional<int> next_within(std::chrono::milliseconds most) const;

  /// A signal that threads of this process send to end the waiting. From another process it has no
  /// effect.
  static constexpr int wake_up = SIGUSR1;

  /// Makes `next` return `wake_up`. From any thread.
  void wake() const;

private:
  sigset_t waited_for_{};
  sigset_t before_{};
};

} // namespace restante::serve
