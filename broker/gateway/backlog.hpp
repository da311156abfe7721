#pragma once

#include "restante/broker/gateway/net.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace restante::gateway {

/// How long one reader has been behind. A reader that takes a byte now and then never stalls, and
/// still holds memory that others wait for.
class backlog {
public:
  /// Looks at what is `unsent`, where up to `free` is nobody's business, and at all that was
  /// `sent` so far. Whether what waited more than `limit` ago is still not taken.
  bool is_old(steady_time now, std::size_t unsent, std::size_t free, std::uint64_t sent,
              std::chrono::milliseconds limit) {
    if (unsent <= free) {
      is_behind_ = false;
      return false;
    }
    if (!is_behind_ || sent >= taken_at_) {
      is_behind_ = true;
      since_ = now;
      taken_at_ = sent + unsent;
    }
    return now - since_ > limit;
  }

private:
  bool is_behind_ = false;
  steady_time since_;
  std::uint64_t taken_at_ = 0; ///< when so much was sent, what waited has been taken
};

} // namespace restante::gateway
