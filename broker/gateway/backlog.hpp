#pragma once

#include "restante/broker/gateway/net.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace restante::gateway {

/// How long one reader has been behind. A reader that occasionally takes a byte never counts as
/// stalled, but still holds memory that others wait for.
class backlog {
public:
  /// Takes the number of `unsent` bytes, of which up to `free` do not count, and all bytes `sent`
  /// so far. Returns whether bytes that began to wait more than `limit` ago still wait.
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
  std::uint64_t taken_at_ =
      0; ///< when this many bytes were sent, the waiting output has been taken
};

} // namespace restante::gateway
