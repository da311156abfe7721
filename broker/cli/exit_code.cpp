#include "restante/broker/cli/exit_code.hpp"

#include "restante/broker/cli/printing.hpp"

namespace restante::cli {

const std::vector<exit_row>& exit_table() {
  static const std::vector<exit_row> table{
      {exit_code::done, "done; what streams was told to stop, or has nobody who reads it"},
      {exit_code::failed, "the broker refused or failed, a result could not be written, or a data "
                          "directory is damaged"},
      {exit_code::usage, "wrong flags, settings or files; nothing was asked of a broker"},
      {exit_code::unreachable, "no broker is there, or it went away"},
      {exit_code::timed_out, "no reply, or no answer of the broker, came in time"},
      {exit_code::not_allowed, "unauthenticated, forbidden, token_expired or token_not_yet_valid"},
  };
  return table;
}

exit_code exit_code_of(errc code) {
  switch (code) {
  case errc::none:
    return exit_code::done;
  case errc::timeout:
    return exit_code::timed_out;
  case errc::unreachable:
  case errc::stale_connection:
  case errc::shutting_down:
  case errc::unknown_outcome:
    return exit_code::unreachable;
  case errc::unauthenticated:
  case errc::forbidden:
  case errc::token_expired:
  case errc::token_not_yet_valid:
    return exit_code::not_allowed;
  case errc::bad_frame:
  case errc::unknown_op:
  case errc::invalid_argument:
  case errc::payload_too_large:
  case errc::too_many_targets:
  case errc::not_found:
  case errc::not_a_suit:
  case errc::already_connected:
  case errc::too_many_keys:
  case errc::too_many_subscriptions:
  case errc::too_many_watches:
  case errc::target_full:
  case errc::topic_full:
  case errc::too_many_waiters:
  case errc::overloaded:
  case errc::storage_failed:
  case errc::too_many_connections:
  case errc::publisher_failed:
  case errc::internal:
  case errc::would_block:
    return exit_code::failed;
  }
  return exit_code::failed; // an error code of a newer broker
}

command_failed bad_usage(const std::string& line) {
  return {exit_code::usage, line};
}

namespace {

command_failed lost(const patience& how) {
  return {exit_code::unreachable, "lost the broker at " + how.url};
}

command_failed stopping(const patience& how) {
  return {exit_code::unreachable, "the broker at " + how.url + " is stopping"};
}

std::string numbered(const failure& why) {
  return std::string{to_string(why.code)} + " (" + std::to_string(static_cast<unsigned>(why.code)) +
         "): " + why.text();
}

} // namespace

command_failed failure_at(const patience& how, const failure& why, duration waited) {
  switch (why.code) {
  case errc::unreachable:
    return {exit_code::unreachable,
            why.detail.empty() ? "cannot reach the broker at " + how.url : why.detail};
  case errc::stale_connection:
    return why.detail.empty() ? lost(how) : command_failed{exit_code::unreachable, why.detail};
  case errc::shutting_down:
    return stopping(how);
  case errc::unknown_outcome:
    if (waited >= how.timeout)
      return {exit_code::timed_out, "no answer of the broker at " + how.url + " within " +
                                        seconds_text(how.timeout) + "; it may have been done"};
    return {exit_code::unreachable,
            "lost the broker at " + how.url + " before it answered; it may have been done"};
  default:
    return {exit_code_of(why.code), numbered(why)};
  }
}

command_failed end_at(const patience& how, const std::string& client, const goodbye& why,
                      const failure& detail) {
  if (why.reason == end_reason::taken_over)
    return {exit_code::failed, "another connection has taken over " + client};
  if (why.reason == end_reason::shutdown)
    return stopping(how);
  const auto code = detail.code != errc::none ? detail.code : why.code;
  const bool is_refusal = why.reason == end_reason::refused;
  // When a token expires during the connection, only the close code says so.
  if (is_refusal && (code == errc::none || code == errc::stale_connection))
    return {exit_code::not_allowed,
            "the broker at " + how.url + " has ended the connection; has the token expired?"};
  if (code == errc::none)
    return lost(how);
  return failure_at(how, detail.code != errc::none ? detail : failure{code, {}}, duration{0});
}

} // namespace restante::cli
