#pragma once

#include "restante/messages/ids.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/notification.hpp"

namespace restante::samples {

inline constexpr instant start{1'700'000'000'000'000'000};

inline instant after_ms(std::int64_t ms) {
  return start + milliseconds_saturated(ms);
}

inline trace_id some_trace() {
  return *trace_of("00112233445566778899aabbccddeeff");
}

/// The answer to a put that changed nothing else.
inline put_receipt some_receipt(instant created_at, instant expires_at) {
  put_receipt receipt;
  receipt.trace = some_trace();
  receipt.created_at = created_at;
  receipt.expires_at = expires_at;
  return receipt;
}

} // namespace restante::samples
