#pragma once

#include "restante/actors/protocol/event_log.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restante::serve {

/// Limits how often each kind of event is logged, so that an event that repeats for days does not
/// fill the disk. A kind is the event's name with its `reason`, if it has one. A summary of the
/// events left out follows a minute later. Safe from any thread.
class event_limiter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The burst, and the time after which one more event is allowed.
  struct allowance {
    double burst;
    std::chrono::milliseconds refill;
  };
  static constexpr allowance of_warnings{20, std::chrono::seconds{10}};
  static constexpr allowance of_others{1000, std::chrono::milliseconds{100}};

  /// How long events are left out and counted before the summary is written.
  static constexpr std::chrono::seconds period{60};

  /// How many kinds are told apart. Beyond that number a kind is the event's name alone. There are
  /// few names.
  static constexpr std::size_t kinds_max = 256;

  /// The events of one kind that were left out.
  struct summary {
    restante::severity how = severity::info;
    std::string event;
    std::string reason;
    std::uint64_t lines = 0;
  };

  enum class verdict {
    write,
    leave_out,
    leave_out_first, ///< the first one since the last summary of this kind
  };
  verdict judge(severity how, std::string_view event, std::string_view reason, time_point now);

  /// The summaries that are due, and when the next one will be.
  std::vector<summary> take_summaries(time_point now);
  std::optional<time_point> next_summary() const;

private:
  struct kind {
    summary left_out;
    double credit = 0;
    time_point seen;
    time_point began; ///< when the first event was left out
  };
  kind& find(severity how, std::string_view event, std::string_view reason, time_point now);

  mutable std::mutex mutex_;
  std::map<std::string, kind, std::less<>> kinds_;
};

} // namespace restante::serve
