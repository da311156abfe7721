#pragma once

#include "restante/messages/command.hpp"
#include "restante/messages/json/members.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restante::json {

/// The largest frame of a client. A pack or 1,024 targets are its largest parts.
inline constexpr std::size_t frame_bytes_max = std::size_t{1} << 20;

/// The deepest nesting of a frame, with the braces of the frame.
inline constexpr std::size_t frame_depth_max = 64;

/// Every operation that a frame or a line of a script can ask for. The connection checks who may
/// ask. The commands follow `first_command`, in the order of `operations`:
/// `operation_for<put_notification>` is `notify.put`.
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

/// The number of operations, with `unknown`.
inline constexpr std::size_t operations_count = first_command + operations::size;
static_assert(operations_count <= 256);

template <class Command>
inline constexpr operation operation_for = static_cast<operation>(first_command + kind_of<Command>);

/// The name on the wire, such as `notify.put`.
std::string_view to_string(operation op);
operation operation_of(std::string_view name);

/// Whether a script needs a connected client for this operation. Ephemeral state, subscriptions,
/// watches and acks belong to a connection.
bool needs_client(operation op);

/// One request with its decoded common members. `command_of` and others decode the rest.
struct request {
  operation op = operation::unknown;
  std::string id; ///< the JSON text of a string or number; empty: none, or a wrong one
  std::string ns;
  std::optional<std::string> as; ///< the client that asks, in a script
  members fields;
  failure wrong; ///< the error of the frame or of a common member; code `none`: no error

  /// Whether it names an operation, known or unknown. Without a name it is not a request.
  bool has_op = false;
};

/// Reads a frame or a line. A text that is not a JSON object of allowed size and depth is a
/// `bad_frame`: a failure, or, if `id` or `op` can be read, a request with `wrong` and without
/// fields. A request with an error in a common member has `wrong` too (`unknown_op`,
/// `invalid_argument`). So the answer can have the `id`. Throws nothing.
outcome<request> decode(std::string_view frame, std::size_t bytes_max = frame_bytes_max);

/// Reads the object of a request whose operation is known from its place, such as the path of an
/// HTTP request.
outcome<request> decode_fields(operation op, std::string_view object);

/// The command of a request, without a number, in the namespace `ns` of the request. The connection
/// checks who asks, ids, sizes and rights. A text that is not a trace becomes the zero trace, which
/// no notification has. Throws nothing.
/// Errors: invalid_argument; unknown_op for a request that is not a command, such as `connect`.
outcome<command> command_of(const request& from);

/// Which connection a `connect` wants to resume.
enum class resume_target : std::uint8_t {
  none,
  last,  ///< `true`: the last connection of the client; only for scripts
  token, ///< the connection with the token `connect_request::resume`
};

/// The role of a new connection.
enum class connect_mode : std::uint8_t {
  attach, ///< the connection of its client
  visit,  ///< may ask, and does not replace the connection of the client
};

/// The members of `connect` as the broker reads them.
struct connect_request {
  std::optional<std::string> token;  ///< proves the identity of the client
  std::optional<std::string> client; ///< the client, if the broker needs no token
  std::optional<ack_mode> acks;
  std::uint32_t inflight = 0; ///< at most `inflight_max`
  duration resume_window{0};  ///< at most `resume_window_max`
  resume_target resume_from = resume_target::none;
  trace_id resume; ///< zero if the text is not a token: a fresh connection
  connect_mode how = connect_mode::attach;
};

/// The token of `token.refresh`; empty if there is none. Errors: invalid_argument.
outcome<std::string> token_of(const request& from);

/// The fields of `connect`. Errors: invalid_argument. Throws nothing.
outcome<connect_request> connect_of(const request& from);

/// The client in the `disconnect` or `cut` of a script. Errors: invalid_argument.
outcome<std::string> client_of(const request& from);

/// The time in the `advance` of a script. Errors: invalid_argument, also for less than 0.
outcome<duration> pause_of(const request& from);

} // namespace restante::json
