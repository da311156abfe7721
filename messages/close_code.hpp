#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace restante {

/// How a WebSocket was closed (RFC 6455, 7.4; spec W6). The codes below 4000 are the protocol's,
/// the codes from 4000 on are the broker's: after one below 4500 a client reconnects, after one
/// from 4500 on it does not. A newer broker may send a number that has no name here; such a number
/// is a valid value too.
enum class close_code : std::uint16_t {
  none = 0, ///< not closed yet
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_code = 1005,
  cut = 1006,
  invalid_text = 1007,
  policy_violation = 1008,
  too_large = 1009,
  missing_extension = 1010,
  server_error = 1011,
  service_restart = 1012,
  try_again_later = 1013,
  bad_gateway = 1014,
  shutdown = 4001,
  refused_for_now = 4003,
  sink_failed = 4005,
  stalled = 4008,
  no_pong = 4012,
  unauthenticated = 4500,
  bad_protocol = 4501,
  taken_over = 4503,
  forbidden = 4507,
};

/// Whether a client that did not ask for the end connects again.
enum class reconnect : std::uint8_t { no, yes };

/// One row of the table of close codes.
struct close_row {
  close_code code;
  std::string_view name;
  reconnect advice;
  std::string_view text;
};

/// The table, in the order of the numbers. Tests compare it with docs/protocol.md, and
/// docs/protocol.md with the JavaScript client.
inline constexpr std::array close_rows{
    close_row{close_code::normal, "normal", reconnect::yes, "a clean end"},
    close_row{close_code::going_away, "going_away", reconnect::yes, "the other side goes away"},
    close_row{close_code::protocol_error, "protocol_error", reconnect::no,
              "a frame broke the WebSocket protocol"},
    close_row{close_code::unsupported_data, "unsupported_data", reconnect::no,
              "a kind of message that is not accepted"},
    close_row{close_code::no_code, "no_code", reconnect::yes, "a close frame without a code"},
    close_row{close_code::cut, "cut", reconnect::yes, "no close frame came"},
    close_row{close_code::invalid_text, "invalid_text", reconnect::no,
              "a text message is not UTF-8"},
    close_row{close_code::policy_violation, "policy_violation", reconnect::no,
              "refused by a policy"},
    close_row{close_code::too_large, "too_large", reconnect::no, "a message is over 16 MiB"},
    close_row{close_code::missing_extension, "missing_extension", reconnect::no,
              "an extension was not agreed on"},
    close_row{close_code::server_error, "server_error", reconnect::yes, "the server failed"},
    close_row{close_code::service_restart, "service_restart", reconnect::yes,
              "the server restarts"},
    close_row{close_code::try_again_later, "try_again_later", reconnect::yes,
              "the server is overloaded"},
    close_row{close_code::bad_gateway, "bad_gateway", reconnect::yes,
              "a gateway did not reach the server"},
    close_row{close_code::shutdown, "shutdown", reconnect::yes, "the broker stops"},
    close_row{close_code::refused_for_now, "refused_for_now", reconnect::yes,
              "the connect is refused for now"},
    close_row{close_code::sink_failed, "sink_failed", reconnect::yes,
              "the broker failed at this connection"},
    close_row{close_code::stalled, "stalled", reconnect::yes,
              "the socket took no byte for too long"},
    close_row{close_code::no_pong, "no_pong", reconnect::yes, "the client has fallen silent"},
    close_row{close_code::unauthenticated, "unauthenticated", reconnect::no,
              "no token, a bad one, or it has expired"},
    close_row{close_code::bad_protocol, "bad_protocol", reconnect::no,
              "too many messages were no requests, or no connect came in time"},
    close_row{close_code::taken_over, "taken_over", reconnect::no,
              "a newer connection of the client has its place"},
    close_row{close_code::forbidden, "forbidden", reconnect::no,
              "the token does not allow a connection"},
};

constexpr std::uint16_t number_of(close_code code) {
  return static_cast<std::uint16_t>(code);
}

/// The row of a code, or null if the table does not have the code.
const close_row* find_row(close_code code);

/// Whether a client should reconnect after this code. The table decides. For a code outside the
/// table, the answer is no from 4500 to 4999, because these codes say that the end is final, and
/// otherwise yes.
bool should_reconnect(close_code code);

} // namespace restante
