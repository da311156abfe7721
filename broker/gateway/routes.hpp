#pragma once

#include "restante/actors/inbox.hpp"
#include "restante/broker/gateway/net.hpp"
#include "restante/broker/gateway/page_files.hpp"
#include "restante/messages/json/decode.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace restante::gateway {

/// Targets that need no actor.
enum class sight {
  health,    ///< the process is alive
  readiness, ///< the gateway accepts new sockets
  metrics,   ///< for Prometheus; server identity
  stats,     ///< the metrics as JSON; server identity
  websocket, ///< only by an upgrade
};

/// Query members that are not part of the operation yet.
struct query_rest {
  std::optional<std::string> ns{};    ///< as given
  std::vector<std::string> ignored{}; ///< names without an effect here, as written
};

/// The names of query members that have no effect, including a namespace that is not the client's
/// own. Without `own_ns` the server identity asks.
std::vector<std::string> ignored_of(const query_rest& query,
                                    std::optional<std::string_view> own_ns);

/// An operation for the broker, and the status of its success.
struct asked_operation {
  command what;
  http::status success = http::status::ok;
  query_rest query{};                 ///< for an operation without content
  std::vector<std::string> ignored{}; ///< names without an effect, reported with the answer
};

/// An operation that still needs its content.
struct content_operation {
  json::operation what = json::operation_for<put_notification>;
  query_rest query{};
  std::string trace{}; ///< from the path, for a reply
};

/// The answer to `OPTIONS`.
struct allowed_methods {
  std::string allow;
};

/// A refusal without asking the broker.
struct refused_request {
  http::status status = http::status::bad_request;
  failure why;
  std::string allow{};                ///< the allowed methods, for 405
  std::vector<std::string> ignored{}; ///< names without an effect
};

/// `const page_file*` is never null.
using destination = std::variant<sight, asked_operation, content_operation, allowed_methods,
                                 refused_request, const page_file*>;

/// The methods that at least one target allows: the answer to `OPTIONS *`.
inline constexpr std::string_view all_methods = "GET, HEAD, POST, OPTIONS";

/// The destination of a request (spec W8). `HEAD` has the destination of `GET`. The broker checks
/// the caller's identity and rights. Throws nothing, for any input.
destination route(http::verb method, std::string_view target);

/// Completes the operation with its content. `own_ns` is the namespace of the client who asks;
/// nothing for the server identity. Throws nothing.
std::variant<asked_operation, refused_request>
complete(const content_operation& asked, std::string_view content,
         std::optional<std::string_view> own_ns = {});

/// The HTTP status of an error (spec §10).
http::status status_of(errc code);

/// The body of a response: the outcome of the operation, and the ignored parts of the request.
std::string content_of(const answer_value& value, std::span<const std::string> ignored = {});

} // namespace restante::gateway
