#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace restante {

/// Pauses between attempts. Each pause is twice the one before, and is cut at random by up to a
/// half.
class backoff {
public:
  backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest, std::uint64_t seed)
      : first_{std::max(first, std::chrono::milliseconds{1})}, longest_{std::max(longest, first_)},
        next_{first_}, random_{seed} {}

  std::chrono::nanoseconds next() {
    const std::chrono::nanoseconds whole = next_;
    next_ = std::min(next_ * 2, longest_);
    std::uniform_int_distribution<std::int64_t> cut{0, whole.count() / 2};
    return whole - std::chrono::nanoseconds{cut(random_)};
  }

  /// Call it after a success: the next pause is the first one again.
  void reset() { next_ = first_; }

private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds longest_;
  std::chrono::milliseconds next_;
  std::minstd_rand random_;
};

} // namespace restante
