#pragma once

#include "restante/messages/json/decode.hpp"
#include "restante/messages/limits.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::json {

/// Writes the requests of a client. decode.hpp reads them. Each request is one compact JSON object
/// and begins with `op`. `id` is the JSON text of a string or a number. An empty `id` is not
/// written: the broker answers such a request only if it fails.
///
/// Members with default values are not written. Durations are whole milliseconds, rounded up: a
/// shorter duration must not become the default.

/// One frame for any command. The frame does not contain what the broker adds: the client that
/// asks, and the numbers of operation, route, epoch and lease. An empty namespace is not written.
/// The frame of an `ack_notifications` contains its first trace only. The target of
/// `put_many::each` is ignored.
std::string request_frame(std::string_view id, const command& what);

/// A `notify.ack` without an `id`, for one trace.
std::string ack_frame(const trace_id& trace);

/// The members of `connect` as a client writes them. Empty, zero and default values are not
/// written.
struct connect_fields {
  std::string token;
  std::string client;
  std::string ns;
  ack_mode acks = ack_mode::explicit_by_peer; ///< always written
  std::uint32_t inflight = inflight_max;
  duration resume_window{0};
  trace_id resume; ///< the token of the connection to resume
  connect_mode how = connect_mode::attach;

  bool operator==(const connect_fields&) const = default;
};

std::string connect_frame(std::string_view id, const connect_fields& fields);
std::string disconnect_frame(std::string_view id);

/// `token.refresh`
std::string refresh_frame(std::string_view id, std::string_view token);

} // namespace restante::json
