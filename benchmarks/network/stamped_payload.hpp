#pragma once

#include "restante/benchmarks/harness.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace restante::benchmarks::network {

/// 100 characters that contain the send time and the sequence number of the sender. From them a
/// receiver can compute latency, loss and order. They need no escape in JSON.
class stamped_payload {
public:
  static constexpr std::size_t size = 100;

  stamped_payload() { text_.fill('.'); }

  /// Valid until the next call.
  std::string_view write(bench_clock::time_point at, std::uint32_t number);

  struct stamp {
    bench_clock::time_point at;
    std::uint32_t number = 0;
  };
  /// Throws std::runtime_error for bytes that write() did not produce.
  static stamp read(std::string_view payload);

private:
  std::array<char, size> text_;
};

} // namespace restante::benchmarks::network
