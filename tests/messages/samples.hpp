#pragma once

#include "restante/messages/ids.hpp"
#include "restante/messages/instant.hpp"

namespace restante::samples {

inline constexpr instant start{1'700'000'000'000'000'000};

inline instant after_ms(std::int64_t ms) {
  return start + milliseconds_saturated(ms);
}

inline trace_id some_trace() {
  return *trace_of("00112233445566778899aabbccddeeff");
}

} // namespace restante::samples
