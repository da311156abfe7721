#pragma once

#include "restante/messages/inspect.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace restante {

/// An error, with its public number (spec §10). Numbers never change: a retired error keeps its
/// number, and a new error gets the next number in its hundred.
enum class errc : std::uint16_t {
  none = 0,
  bad_frame = 100,
  unknown_op = 101,
  invalid_argument = 102,
  payload_too_large = 103,
  too_many_targets = 104,
  not_found = 200,
  not_a_suit = 201,
  stale_connection = 202,
  already_connected = 203,
  too_many_keys = 204,
  too_many_subscriptions = 205,
  too_many_watches = 206,
  target_full = 207,
  topic_full = 208,
  too_many_waiters = 209,
  timeout = 210,
  unauthenticated = 300,
  forbidden = 301,
  token_expired = 302,
  token_not_yet_valid = 303,
  overloaded = 400,
  storage_failed = 401,
  shutting_down = 402,
  too_many_connections = 403,
  publisher_failed = 404,
  internal = 405,
  would_block = 406,
  unknown_outcome = 407,
  unreachable = 408,
};

/// Whether the same request may succeed later.
enum class retry : std::uint8_t { no, yes };

/// One row of the error table.
struct error_row {
  errc code;
  /// The number between CAF nodes, whose error codes have eight bits. It never changes, and a new
  /// error gets the next number, so that programs of different versions understand each other.
  std::uint8_t wire_number;
  std::string_view name;
  retry may_retry;
  std::uint16_t http_status;
  std::string_view text;
};

/// The whole table, in the order of the numbers, without `errc::none`. Tests compare it with
/// docs/protocol.md, and docs/protocol.md with the JavaScript client.
inline constexpr std::array error_rows{
    error_row{errc::bad_frame, 1, "bad_frame", retry::no, 400,
              "the frame is not a JSON object of allowed size and depth"},
    error_row{errc::unknown_op, 2, "unknown_op", retry::no, 400, "there is no such operation"},
    error_row{errc::invalid_argument, 3, "invalid_argument", retry::no, 400,
              "a field is missing, empty or malformed"},
    error_row{errc::payload_too_large, 4, "payload_too_large", retry::no, 413,
              "the payload is over its limit"},
    error_row{errc::too_many_targets, 5, "too_many_targets", retry::no, 400,
              "too many targets in one put"},
    error_row{errc::not_found, 6, "not_found", retry::no, 404,
              "the trace is unknown or its notification has ended"},
    error_row{errc::not_a_suit, 7, "not_a_suit", retry::no, 409,
              "the notification expects no reply"},
    error_row{errc::stale_connection, 8, "stale_connection", retry::no, 409,
              "there is no live connection behind this"},
    error_row{errc::already_connected, 9, "already_connected", retry::no, 409,
              "this connection is connected already"},
    error_row{errc::too_many_keys, 10, "too_many_keys", retry::no, 400,
              "the client owns as many keys as it may"},
    error_row{errc::too_many_subscriptions, 11, "too_many_subscriptions", retry::no, 400,
              "the connection has as many subscriptions as it may"},
    error_row{errc::too_many_watches, 12, "too_many_watches", retry::no, 400,
              "the connection watches as many clients as it may"},
    error_row{errc::target_full, 13, "target_full", retry::yes, 409, "the target's queue is full"},
    error_row{errc::topic_full, 14, "topic_full", retry::yes, 409, "the topic's state is full"},
    error_row{errc::too_many_waiters, 15, "too_many_waiters", retry::yes, 400,
              "enough wait for this reply already"},
    error_row{errc::timeout, 16, "timeout", retry::yes, 504, "no reply came in time"},
    error_row{errc::unauthenticated, 17, "unauthenticated", retry::no, 401,
              "who is speaking is not established"},
    error_row{errc::forbidden, 18, "forbidden", retry::no, 403, "this identity may not do that"},
    error_row{errc::token_expired, 19, "token_expired", retry::no, 401, "the token has expired"},
    error_row{errc::token_not_yet_valid, 20, "token_not_yet_valid", retry::yes, 401,
              "the token becomes valid within a minute; try again"},
    error_row{errc::overloaded, 21, "overloaded", retry::yes, 503, "the broker is at its limit"},
    error_row{errc::storage_failed, 22, "storage_failed", retry::yes, 503,
              "the journal could not be written"},
    error_row{errc::shutting_down, 23, "shutting_down", retry::yes, 503, "the broker is stopping"},
    error_row{errc::too_many_connections, 24, "too_many_connections", retry::yes, 503,
              "the broker has as many connections as it may"},
    error_row{errc::publisher_failed, 25, "publisher_failed", retry::no, 500,
              "the change was made, but the publisher hook failed"},
    error_row{errc::internal, 26, "internal", retry::yes, 500, "the broker has a bug"},
    error_row{errc::would_block, 27, "would_block", retry::no, 400, "a callback may not wait"},
    error_row{errc::unknown_outcome, 28, "unknown_outcome", retry::yes, 504,
              "no answer came in time; try again with a message_id"},
    error_row{errc::unreachable, 29, "unreachable", retry::yes, 400,
              "the broker cannot be reached"},
};

constexpr std::span<const error_row> error_table() {
  return error_rows;
}

/// The row of `code`, or the row of `errc::internal` for a number that is not in the table.
const error_row& row_of(errc code);

/// The error with a public name such as `payload_too_large`.
std::optional<errc> errc_of(std::string_view name);

/// The name on the wire, such as `not_found`.
std::string_view to_string(errc code);

/// A failed operation: the code and, where it helps, what exactly was wrong.
struct failure {
  errc code = errc::none;
  std::string detail;

  /// The detail, or the table's text if there is no detail.
  std::string text() const;

  /// A line for people: `forbidden (301): this identity may not do that`.
  std::string line() const;

  bool operator==(const failure&) const = default;
};
BOOST_DESCRIBE_STRUCT(failure, (), (code, detail))

} // namespace restante
