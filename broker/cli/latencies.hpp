#pragma once

#include "restante/messages/instant.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace restante::cli {

/// Counts latencies, from any thread, and computes percentiles: exact below 64 ns, then to within a
/// thirty-second of the value, in a fixed amount of memory. The longest latency is exact.
class latencies {
public:
  /// A negative latency counts as zero.
  void add(duration one);

  std::uint64_t count() const { return count_.load(); }

  /// The latency that `percent` (0 to 100) of the values do not exceed; zero when there are no
  /// values.
  duration percentile(double percent) const;

  duration longest() const { return duration{longest_.load()}; }

private:
  static constexpr unsigned fine_bits = 5; ///< 32 steps in each doubling
  static constexpr std::size_t buckets = (64 - fine_bits) << fine_bits;

  static std::size_t bucket_of(std::uint64_t ns);
  static std::uint64_t largest_in(std::size_t bucket);

  std::array<std::atomic<std::uint64_t>, buckets> counts_{};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::int64_t> longest_{0};
};

} // namespace restante::cli
