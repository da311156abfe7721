#pragma once

#include "restante/messages/inspect.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>

namespace restante {

/// A span of time in nanoseconds, the tick of the broker's clock.
using duration = std::chrono::nanoseconds;

/// A point in time: nanoseconds since the Unix epoch, read from the actor system's clock plus an
/// offset taken at start (spec T1). The broker has only this time domain, so a deadline means the
/// same in a queue, a receipt and a journal.
struct instant {
  std::int64_t ns = 0;

  /// Later than any real instant. An endless deadline saturates to it.
  static constexpr instant never() { return {std::numeric_limits<std::int64_t>::max()}; }

  /// Whole milliseconds since the epoch, rounded down.
  constexpr std::int64_t milliseconds() const {
    constexpr std::int64_t per_ms = 1'000'000;
    return ns / per_ms - (ns % per_ms < 0 ? 1 : 0);
  }

  auto operator<=>(const instant&) const = default;
};
BOOST_DESCRIBE_STRUCT(instant, (), (ns))

/// Adds and saturates at both ends (spec N2), so an enormous TTL becomes `never` and not an instant
/// in the past.
constexpr instant operator+(instant at, duration span) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  const std::int64_t d = span.count();
  if (d > 0 && at.ns > most - d)
    return {most};
  if (d < 0 && at.ns < least - d)
    return {least};
  return {at.ns + d};
}

/// The time from `from` to `to`, saturated.
constexpr duration operator-(instant to, instant from) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  if (from.ns < 0 && to.ns > most + from.ns)
    return duration{most};
  if (from.ns > 0 && to.ns < least + from.ns)
    return duration{least};
  return duration{to.ns - from.ns};
}

/// Milliseconds as a duration; saturates instead of overflowing.
constexpr duration milliseconds_saturated(std::int64_t ms) {
  constexpr std::int64_t per_ms = 1'000'000;
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  if (ms > most / per_ms)
    return duration{most};
  if (ms < -(most / per_ms))
    return duration{-most};
  return duration{ms * per_ms};
}

/// The smallest step of the clock. A notification is expired one tick after `expires_at` (spec N8).
inline constexpr duration clock_tick{1};

} // namespace restante
