#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restante {

/// What went wrong, by its public number (spec §10). Numbers are for ever: a
/// retired error keeps its number, a new one gets the next in its hundred.
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
  std::string_view name;
  retry may_retry;
  std::string_view text;
};

/// The whole table, in the order of the numbers, without `errc::none`.
const std::vector<error_row>& error_table();

/// The row of `code`; that of `errc::internal` for a number nobody gave out.
const error_row& row_of(errc code);

/// The code behind a public name such as `payload_too_large`.
std::optional<errc> errc_of(std::string_view name);

/// `not_found`, `too_many_keys` …: the name on the wire.
std::string_view to_string(errc code);

/// A failed operation: the code and, where it helps, what exactly was wrong.
struct failure {
  errc code = errc::none;
  std::string detail;

  /// The detail, or the table's sentence when there is none.
  std::string text() const;

  /// A line for people: `forbidden (301): this identity may not do that`.
  std::string line() const;

  bool operator==(const failure&) const = default;
};

} // namespace restante
