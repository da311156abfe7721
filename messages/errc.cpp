#include "restante/messages/errc.hpp"

#include <algorithm>

namespace restante {

const std::vector<error_row>& error_table() {
  using enum errc;
  static const std::vector<error_row> table{
      {bad_frame, "bad_frame", retry::no,
       "the frame is not a JSON object of allowed size and depth"},
      {unknown_op, "unknown_op", retry::no, "there is no such operation"},
      {invalid_argument, "invalid_argument", retry::no, "a field is missing, empty or malformed"},
      {payload_too_large, "payload_too_large", retry::no, "the payload is over its limit"},
      {too_many_targets, "too_many_targets", retry::no, "too many targets in one put"},
      {not_found, "not_found", retry::no, "the trace is unknown or its notification has ended"},
      {not_a_suit, "not_a_suit", retry::no, "the notification expects no reply"},
      {stale_connection, "stale_connection", retry::no, "there is no live connection behind this"},
      {already_connected, "already_connected", retry::no, "this connection is connected already"},
      {too_many_keys, "too_many_keys", retry::no, "the client owns as many keys as it may"},
      {too_many_subscriptions, "too_many_subscriptions", retry::no,
       "the connection has as many subscriptions as it may"},
      {too_many_watches, "too_many_watches", retry::no,
       "the connection watches as many clients as it may"},
      {target_full, "target_full", retry::yes, "the target's queue is full"},
      {topic_full, "topic_full", retry::yes, "the topic's state is full"},
      {too_many_waiters, "too_many_waiters", retry::yes, "enough wait for this reply already"},
      {timeout, "timeout", retry::yes, "no reply came in time"},
      {unauthenticated, "unauthenticated", retry::no, "who is speaking is not established"},
      {forbidden, "forbidden", retry::no, "this identity may not do that"},
      {token_expired, "token_expired", retry::no, "the token has expired"},
      {token_not_yet_valid, "token_not_yet_valid", retry::yes,
       "the token becomes valid within a minute; try again"},
      {overloaded, "overloaded", retry::yes, "the broker is at its limit"},
      {storage_failed, "storage_failed", retry::yes, "the journal could not be written"},
      {shutting_down, "shutting_down", retry::yes, "the broker is stopping"},
      {too_many_connections, "too_many_connections", retry::yes,
       "the broker has as many connections as it may"},
      {publisher_failed, "publisher_failed", retry::no,
       "the change was made, but the publisher hook failed"},
      {internal, "internal", retry::yes, "the broker has a bug"},
      {would_block, "would_block", retry::no, "a callback may not wait"},
      {unknown_outcome, "unknown_outcome", retry::yes,
       "no answer came in time; try again with a message_id"},
      {unreachable, "unreachable", retry::yes, "the broker cannot be reached"},
  };
  return table;
}

const error_row& row_of(errc code) {
  const auto& table = error_table();
  const auto same = [code](const error_row& row) { return row.code == code; };
  if (const auto found = std::ranges::find_if(table, same); found != table.end())
    return *found;
  return row_of(errc::internal);
}

std::optional<errc> errc_of(std::string_view name) {
  for (const auto& row : error_table()) {
    if (row.name == name)
      return row.code;
  }
  return std::nullopt;
}

std::string_view to_string(errc code) {
  return code == errc::none ? "none" : row_of(code).name;
}

std::string failure::text() const {
  return detail.empty() ? std::string{row_of(code).text} : detail;
}

std::string failure::line() const {
  return std::string{to_string(code)} + " (" + std::to_string(static_cast<unsigned>(code)) +
         "): " + text();
}

} // namespace restante
