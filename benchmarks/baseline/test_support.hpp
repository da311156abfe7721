#pragma once

#include "restante/benchmarks/baseline/mutex_store.hpp"

#include <span>
#include <string>
#include <string_view>

/// What the tests of both stores use.
namespace restante::benchmarks {

inline shared_payload text(std::string_view value) {
  return shared_payload{std::as_bytes(std::span{value})};
}

inline std::string text(const shared_payload& value) {
  const auto bytes = value.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Stands still until it is told to move.
struct hand_clock {
  store_time now{std::chrono::hours{1}};
  clock_source source() {
    return [this] { return now; };
  }
};

} // namespace restante::benchmarks
