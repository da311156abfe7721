#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace restante::serve {

/// Holds back the signals an operator sends, from this thread and all it starts, so that one
/// place can wait for them. Make it before any thread; it undoes that at its end, and forgets
/// those that nobody waited for.
class signal_inbox {
public:
  signal_inbox();
  ~signal_inbox();

  signal_inbox(const signal_inbox&) = delete;
  signal_inbox& operator=(const signal_inbox&) = delete;

  /// Waits for SIGTERM, SIGINT, SIGHUP or `wake_up`.
  int next() const;

  /// The same, but no longer than `most`; nothing: none has come.
  std::optional<int> next_within(std::chrono::milliseconds most) const;

  /// What a thread of ours sends to end the waiting; a stranger's changes nothing.
  static constexpr int wake_up = SIGUSR1;

  /// Makes `next` return `wake_up`. From any thread.
  void wake() const;

private:
  sigset_t waited_for_{};
  sigset_t before_{};
};

} // namespace restante::serve
