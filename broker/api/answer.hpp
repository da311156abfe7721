#pragma once

#include "restante/actors/protocol/callback_scope.hpp"
#include "restante/actors/protocol/virtual_time.hpp"
#include "restante/messages/outcome.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace restante {

/// The answer to an operation that may still be in progress. Copies refer to the same answer.
///
/// Wait with `get`, or pass a callback to `then`. Only threads of your own may wait: inside a
/// callback `get` fails with `would_block` (spec C7). In virtual time `get` runs the system until
/// the answer is there.
template <class T>
class answer {
public:
  explicit answer(std::shared_ptr<virtual_time> time = nullptr)
      : state_{std::make_shared<state>()} {
    state_->time = std::move(time);
  }

  bool is_ready() const {
    const std::lock_guard lock{state_->mutex};
    return state_->value.has_value();
  }

  /// Waits up to `deadline`. Errors: those of the operation; would_block; unknown_outcome when the
  /// deadline passes before the answer comes.
  outcome<T> get(std::chrono::nanoseconds deadline = std::chrono::seconds{30}) const {
    if (callback_scope::is_inside() && !is_ready())
      return errc::would_block;
    if (state_->time)
      run(deadline);
    std::unique_lock lock{state_->mutex};
    const auto is_there = [this] { return state_->value.has_value(); };
    const auto patience = state_->time ? std::chrono::nanoseconds{0} : deadline;
    if (!state_->arrived.wait_for(lock, patience, is_there))
      return errc::unknown_outcome;
    return *state_->value;
  }

  /// Calls `what` with the outcome: inside the broker when it arrives, or immediately when it is
  /// there already. One callback per answer.
  void then(std::function<void(outcome<T>)> what) const {
    std::unique_lock lock{state_->mutex};
    if (!state_->value) {
      state_->then = std::move(what);
      return;
    }
    lock.unlock();
    what(*state_->value);
  }

  /// For the side that answers. Only the first outcome counts.
  void fulfil(outcome<T> value) const {
    std::function<void(outcome<T>)> then;
    {
      const std::lock_guard lock{state_->mutex};
      if (state_->value)
        return;
      state_->value.emplace(std::move(value));
      then = std::move(state_->then);
      state_->then = nullptr;
      state_->arrived.notify_all();
    }
    if (then)
      then(*state_->value);
  }

private:
  struct state {
    std::mutex mutex;
    std::condition_variable arrived;
    std::optional<outcome<T>> value;
    std::function<void(outcome<T>)> then;
    std::shared_ptr<virtual_time> time;
  };

  void run(std::chrono::nanoseconds deadline) const {
    auto& time = *state_->time;
    const auto until = time.now() + deadline;
    while (!is_ready()) {
      if (const auto n = time.runnable()) {
        time.step(time.pick(n));
        continue;
      }
      const auto next = time.next_alarm();
      if (!next || *next > until)
        return;
      time.ring_next();
    }
  }

  std::shared_ptr<state> state_;
};

} // namespace restante
