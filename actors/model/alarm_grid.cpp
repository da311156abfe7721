#include "restante/actors/model/alarm_grid.hpp"

#include "restante/messages/assert.hpp"

#include <algorithm>
#include <bit>

namespace restante::model {

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

} // namespace

instant alarm_grid::point(instant deadline, instant now) {
  const auto remaining_ms = (deadline - now).count() / ns_per_ms;
  if (remaining_ms < 1)
    return std::max(deadline, now);
  const auto step_ms =
      static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(remaining_ms)));
  // Multiples are counted on the clock, not from now, so all alarms share the same points.
  const instant on_grid{deadline.ns / ns_per_ms / step_ms * step_ms * ns_per_ms};
  return on_grid > now ? on_grid : deadline;
}

std::optional<instant> alarm_grid::arm(instant deadline, instant now) {
  if (deadline == instant::never())
    return std::nullopt;
  const auto at = point(deadline, now);
  RESTANTE_ASSERT(at >= now && at <= std::max(deadline, now));
  if (!outstanding_.empty() && *outstanding_.begin() <= at)
    return std::nullopt;
  outstanding_.insert(at);
  return at;
}

} // namespace restante::model
