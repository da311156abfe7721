#pragma once

#include "restante/messages/json/decode.hpp"
#include "restante/messages/limits.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::json {

/// The client's requests: what decode.hpp reads, each one compact JSON object with `op`
/// first. `id` is the JSON text of a string or a number; where it is empty the request has
/// none, and is answered only when it fails.
///
/// A member stands there only where it says something that its absence does not. Durations
/// are whole milliseconds, rounded up: one below a millisecond must not become the default.

/// One frame for any command. What the broker knows better than a client is left out: who
/// asks, the operation's number, route, epoch and lease. The namespace of its address stands
/// there unless it is empty. An `ack_notifications` says its first trace only, a `put_many`
/// ignores the target of `each`.
std::string request_frame(std::string_view id, const command& what);

/// `notify.ack` that wants no answer: one frame for each trace.
std::string ack_frame(const trace_id& trace);

/// How a client wants to be connected. What is empty, zero or the default is not said.
struct connect_fields {
  std::string token;
  std::string client;
  std::string ns;
  ack_mode acks = ack_mode::explicit_by_peer; ///< said always
  std::uint32_t inflight = inflight_max;
  duration resume_window{0};
  trace_id resume; ///< the token of the connection to go on with
  connect_mode how = connect_mode::attach;

  bool operator==(const connect_fields&) const = default;
};

std::string connect_frame(std::string_view id, const connect_fields& fields);
std::string disconnect_frame(std::string_view id);

/// `token.refresh`
std::string refresh_frame(std::string_view id, std::string_view token);

} // namespace restante::json
