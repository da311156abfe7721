#pragma once

#include "restante/messages/attachment.hpp"
#include "restante/messages/errc.hpp"
#include "restante/messages/instant.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace restante::cli {

/// The exit status of a command, for scripts. The numbers never change. `serve` and `demo` use only
/// 0, 1 and 2.
enum class exit_code : std::uint8_t {
  done = 0,
  failed = 1,      ///< the broker answered with an error; no result could be written; damage
  usage = 2,       ///< invalid flags, settings or files; no broker was asked
  unreachable = 3, ///< there is no broker, or its connection was lost
  timed_out = 4,   ///< no reply, or no answer of the broker, in time
  not_allowed = 5, ///< the identity or its token does not allow it
};

struct exit_row {
  exit_code code;
  std::string_view text;
};

/// The meaning of each status, in the order of the numbers.
const std::vector<exit_row>& exit_table();

/// The status for an error of the broker's table.
exit_code exit_code_of(errc code);

/// A failed command: the line for standard error, and the exit status.
class command_failed : public std::runtime_error {
public:
  command_failed(exit_code code, const std::string& line) : runtime_error{line}, code_{code} {}

  exit_code code() const { return code_; }

private:
  exit_code code_;
};

/// Standard output has no reader any more.
class output_closed : public command_failed {
  using command_failed::command_failed;
};

command_failed bad_usage(const std::string& line);

/// The broker that a command waits for, and how long.
struct patience {
  std::string url; ///< `127.0.0.1:7467`
  duration timeout{0};
};

/// The error line for an operation that failed after `waited`.
command_failed failure_at(const patience& how, const failure& why, duration waited);

/// The error line for a connection that ended unexpectedly. `detail`: what is known beyond the
/// goodbye; its code is `none` if nothing is.
command_failed end_at(const patience& how, const std::string& client, const goodbye& why,
                      const failure& detail);

} // namespace restante::cli
