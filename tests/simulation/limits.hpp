#pragma once

#include <cstddef>
#include <cstdint>

namespace restante::simulation {

/// The bounds of the broker under test, spec §8. The reference, the generator and the broker must
/// be given equal bounds. Small values make tests reach the caps.
struct limits {
  /// Undelivered notifications a target keeps (spec N4), at least 1.
  std::size_t queue_max = 1024;
  /// Whether a put at that bound is refused when the put itself does not choose (spec N4).
  bool rejects_at_cap = false;
  /// Ephemeral keys a client owns over all topics (spec E3).
  std::size_t keys_per_client_max = 256;
  /// Delivered notifications a target remembers (spec N6).
  std::size_t delivered_max = 1024;
  std::size_t waiters_per_trace_max = 8;
  std::size_t subscriptions_max = 1024;
  std::size_t watches_max = 1024;
  std::size_t in_flight_max = 64;
  std::size_t put_many_max = 1024;
  std::size_t body_bytes_max = 64 * 1024;
  std::size_t ephemeral_bytes_max = 16 * 1024;
  std::size_t id_bytes_max = 256;
  /// Whether notifications are kept on a disk that outlives the broker (spec D1); then a script may
  /// say `crash`.
  bool has_journal = false;
  /// The meaning of `ttl_ms <= 0` for a notification (spec N2).
  std::int64_t notification_ttl_ms = 24LL * 60 * 60 * 1000;
};

} // namespace restante::simulation
