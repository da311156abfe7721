#pragma once

#include "restante/messages/instant.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace restante::model {

/// Keeps repeated events from filling a log: an event that goes on for hours is logged when it
/// begins and then once a period, with the number of times. Safe from any thread.
///
/// Bounded: beyond `keys_max` keys at once, new keys are not logged.
class repeat_filter {
public:
  static constexpr std::size_t keys_max = 1024;
  static constexpr duration period = std::chrono::seconds{60};

  /// An event is logged when it has happened `first_told` times, each within a period of the one
  /// before.
  explicit repeat_filter(std::uint64_t first_told = 1) : first_told_{first_told} {}

  /// Counts one event. Returns the number of events since the last report if a report is due,
  /// otherwise 0.
  std::uint64_t count(const std::string& key, instant now);

private:
  struct seen {
    instant last;
    instant told;
    std::uint64_t untold = 0;
    bool is_told = false;
  };

  const std::uint64_t first_told_;
  std::mutex mutex_;
  std::map<std::string, seen, std::less<>> seen_;
};

} // namespace restante::model
