#include "restante/broker/cli/latencies.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace restante::cli {

/// Each of the first 64 values has a bucket of its own. After that each doubling has 32 buckets.
std::size_t latencies::bucket_of(std::uint64_t ns) {
  if (ns < (2U << fine_bits))
    return ns;
  const unsigned shift = static_cast<unsigned>(std::bit_width(ns)) - 1 - fine_bits;
  return (std::size_t{shift} << fine_bits) + (ns >> shift);
}

std::uint64_t latencies::largest_in(std::size_t bucket) {
  if (bucket < (2U << fine_bits))
    return bucket;
  const auto shift = (bucket >> fine_bits) - 1;
  const auto step = bucket - (shift << fine_bits);
  return ((std::uint64_t{step} + 1) << shift) - 1;
}

void latencies::add(duration one) {
  const auto ns = std::max<std::int64_t>(one.count(), 0);
  counts_[bucket_of(static_cast<std::uint64_t>(ns))].fetch_add(1, std::memory_order_relaxed);
  auto longest = longest_.load();
  while (longest < ns && !longest_.compare_exchange_weak(longest, ns)) {
  }
  count_.fetch_add(1);
}

duration latencies::percentile(double percent) const {
  const auto all = count_.load();
  if (all == 0)
    return duration{0};
  const auto wanted = std::max<std::uint64_t>(
      static_cast<std::uint64_t>(std::ceil(static_cast<double>(all) * percent / 100)), 1);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i].load(std::memory_order_relaxed);
    if (seen >= wanted)
      return std::min(duration{static_cast<std::int64_t>(largest_in(i))}, longest());
  }
  return longest();
}

} // namespace restante::cli
