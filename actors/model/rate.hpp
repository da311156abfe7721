#pragma once

#include "restante/messages/instant.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace restante::model {

/// A token bucket. Its burst is the allowance of one second (spec §8). A limit of 0 allows all.
class rate {
public:
  explicit rate(std::uint32_t per_second) : per_second_{per_second} {}

  bool allows(instant now) {
    if (per_second_ == 0)
      return true;
    const duration step{1'000'000'000 / per_second_};
    const auto earliest = now + duration{-1'000'000'000} + step;
    const auto due = std::max(due_, earliest);
    if (due > now)
      return false;
    due_ = due + step;
    return true;
  }

private:
  std::uint32_t per_second_;
  instant due_{std::numeric_limits<std::int64_t>::min()};
};

} // namespace restante::model
