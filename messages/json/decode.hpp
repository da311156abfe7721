#pragma once

#include "restante/messages/command.hpp"
#include "restante/messages/json/members.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restante::json {

/// A frame is a request, not a file: its largest part is a pack, or 1,024 targets.
inline constexpr std::size_t frame_bytes_max = std::size_t{1} << 20;

/// Nesting, the frame's own braces included: more is a mistake or an attack.
inline constexpr std::size_t frame_depth_max = 64;

/// Every operation that a frame or a line of a script can ask for. Which of them somebody
/// may ask for is not decided here. Behind the named ones come the commands, in the order of
/// `operations`: `operation_for<put_notification>` is `notify.put`.
enum class operation : std::uint8_t {
  unknown,
  connect,
  disconnect,
  cut,
  advance,
  ping,
  refresh,
  first_command,
};

inline constexpr std::size_t first_command = static_cast<std::size_t>(operation::first_command);

/// How many operations there are, `unknown` among them.
inline constexpr std::size_t operations_count = first_command + operations::size;
static_assert(operations_count <= 256);

template <class Command>
inline constexpr operation operation_for = static_cast<operation>(first_command + kind_of<Command>);

/// `notify.put`, `ephemeral.set` …: the name on the wire.
std::string_view to_string(operation op);
operation operation_of(std::string_view name);

/// Whether a script needs a connected client for this: ephemeral state, subscriptions, watches
/// and acks belong to a connection.
bool needs_client(operation op);

/// One request, with the fields that all requests have in common decoded.
struct request {
  operation op = operation::unknown;
  std::string id; ///< JSON text of a string or number; empty: none, or no such
  std::string ns;
  std::optional<std::string> as; ///< the client that asks, in a script
  members fields;
  failure wrong; ///< what is wrong with one of the above; its code is `none` if nothing

  /// It names an operation, known or not: it is a request, however wrong it is.
  bool has_op = false;
};

/// Reads a frame or a line. Anything but a JSON object of allowed size and depth is `bad_frame`: a
/// failure, or, where at least its `id` or `op` can be read, a request with `wrong` set and without
/// fields. A request whose common fields are wrong comes with `wrong` set as well (`unknown_op`,
/// `invalid_argument`), so that the answer can carry its `id`. Throws nothing.
outcome<request> decode(std::string_view frame, std::size_t bytes_max = frame_bytes_max);

/// The same for an object that does not name its operation: a place says what is asked.
outcome<request> decode_fields(operation op, std::string_view object);

/// The command behind a request, unnumbered and in the namespace `ns` of the request: who
/// asks, and whether ids, sizes and rights are in order, is checked by the connection. A
/// trace that is no trace becomes the zero one, which nothing has. Throws nothing.
/// Errors: invalid_argument; unknown_op for a request that is no command, such as `connect`.
outcome<command> command_of(const request& from);

/// Which connection a `connect` wants to resume.
enum class resume_target : std::uint8_t {
  none,
  last,  ///< `true`: the client's last one; only a script can say so
  token, ///< the one with `connect_request::resume`
};

/// The members of a request to connect.
enum class connect_mode : std::uint8_t {
  attach, ///< to be its client's connection
  visit,  ///< to ask, without being a connection
};

struct connect_request {
  std::optional<std::string> token;  ///< proves which client it is
  std::optional<std::string> client; ///< the client, where no token is needed
  std::optional<ack_mode> acks;
  std::uint32_t inflight = 0; ///< at most `inflight_max`
  duration resume_window{0};  ///< at most `resume_window_max`
  resume_target resume_from = resume_target::none;
  trace_id resume; ///< zero when the token is none: that connects afresh
  connect_mode how = connect_mode::attach;
};

/// The token of `token.refresh`; empty where there is none. Errors: invalid_argument.
outcome<std::string> token_of(const request& from);

/// The fields of `connect`. Errors: invalid_argument. Throws nothing.
outcome<connect_request> connect_of(const request& from);

/// The client that a script's `disconnect` and `cut` name. Errors: invalid_argument.
outcome<std::string> client_of(const request& from);

/// How long a script's `advance` lets pass. Errors: invalid_argument, also for less than 0.
outcome<duration> pause_of(const request& from);

} // namespace restante::json
