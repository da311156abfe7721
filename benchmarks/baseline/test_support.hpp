#pragma once

#include "restante/benchmarks/baseline/mutex_store.hpp"

#include <span>
#include <string>
#include <string_view>

/// Shared by the tests of both stores.
namespace restante::benchmarks {

inline shared_payload text(std::string_view value) {
  return shared_payload{std::as_bytes(std::span{value})};
}

inline std::string text(const shared_payload& value) {
  const auto bytes = value.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A clock that stands still until a test moves it.
struct hand_clock {
  store_time now{std::chrono::hours{1}};
  clock_source source() {
    return [this] { return now; };
  }
};

} // namespace restante::benchmarks
