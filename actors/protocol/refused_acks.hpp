#pragma once

#include "restante/actors/protocol/backoff.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/limits.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

namespace restante {

/// Acknowledgements that were refused for now, such as while the disk is full. They are sent again,
/// all together, after growing pauses. Until then they occupy the window, so they must not be
/// forgotten. They belong to one connection: with its end they are obsolete, because unacknowledged
/// notifications are offered again.
///
/// The broker offers no more than a window, so no more than a window of them are kept.
class refused_acks {
public:
  explicit refused_acks(std::uint64_t seed) : pauses_{first_pause, longest_pause, seed} {}

  /// Adds a refused acknowledgement. True for the first refusal after a while, which is worth
  /// logging.
  bool add(const trace_id& trace, instant now) {
    const bool is_first = refused_at_ == instant::never() || now - refused_at_ > calm;
    refused_at_ = now;
    if (is_first)
      pauses_.reset();
    if (std::ranges::find(traces_, trace) != traces_.end() || traces_.size() >= inflight_max)
      return is_first;
    if (traces_.empty())
      due_ = now + pauses_.next();
    traces_.push_back(trace);
    return is_first;
  }

  /// When the next round is due; `never` while there are none.
  instant due() const { return due_; }

  /// The acknowledgements to send again now, in the order of their refusals.
  std::vector<trace_id> take_due(instant now) {
    if (now < due_)
      return {};
    due_ = instant::never();
    return std::exchange(traces_, {});
  }

  void clear() {
    traces_.clear();
    due_ = instant::never();
  }

private:
  static constexpr std::chrono::milliseconds first_pause{100};
  static constexpr std::chrono::milliseconds longest_pause{5'000};

  /// Longer than the longest pause and the time that a broker takes to give up.
  static constexpr duration calm = std::chrono::seconds{30};

  std::vector<trace_id> traces_;
  backoff pauses_;
  instant due_ = instant::never();
  instant refused_at_ = instant::never();
};

} // namespace restante
