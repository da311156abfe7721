#pragma once

#include "restante/messages/instant.hpp"

#include <optional>
#include <set>

namespace restante::model {

/// Decides when the delayed messages of an actor are due, and keeps few of them outstanding.
///
/// A delayed message cannot be cancelled, so a deadline that moves earlier again and again would
/// leave one message behind each time. Therefore a message is set only for a grid point, and only
/// once for each point. The grid point of a deadline is the largest multiple of 2^k ms that is not
/// past the deadline, where 2^k ms is no more than the time remaining. So a deadline takes a few
/// dozen steps at most, and there are a few dozen such points at any time. Within the last
/// millisecond the deadline itself is the point.
class alarm_grid {
public:
  /// The time for a message to be set now. Nothing if an outstanding message arrives early enough.
  std::optional<instant> arm(instant deadline, instant now);

  /// A message that was set for `at` has arrived.
  void rang(instant at) { outstanding_.erase(at); }

  std::size_t outstanding() const { return outstanding_.size(); }

  /// The grid point for a deadline; the deadline itself if it is near or past.
  static instant point(instant deadline, instant now);

private:
  std::set<instant> outstanding_;
};

} // namespace restante::model
