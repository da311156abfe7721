#pragma once

#include "restante/actors/doors.hpp"
#include "restante/broker/gateway/net.hpp"
#include "restante/broker/gateway/page_files.hpp"
#include "restante/messages/json/decode.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace restante::gateway {

/// What can be looked at without asking an actor.
enum class sight {
  health,    ///< the process lives
  readiness, ///< it takes newcomers
  metrics,   ///< for Prometheus; server identity
  stats,     ///< the same as JSON; server identity
  websocket, ///< only by an upgrade
};

/// An operation for the broker, and what its success is called.
struct asked_operation {
  command what;
  http::status success = http::status::ok;
  std::string ignored{}; ///< `"ignored":[…]`, told with whatever comes of it; empty: nothing
};

/// An operation that its content completes.
struct content_operation {
  json::operation what = json::operation::put;
  std::string ns{};
  std::string trace{}; ///< of the path, for a reply
};

/// The answer to `OPTIONS`.
struct allowed_methods {
  std::string allow;
};

/// A refusal that needs no broker.
struct refused_request {
  http::status status = http::status::bad_request;
  failure why;
  std::string allow{};   ///< the methods there are, for 405
  std::string ignored{}; ///< as of an operation
};

/// `const page_file*` is never null.
using destination = std::variant<sight, asked_operation, content_operation, allowed_methods,
                                 refused_request, const page_file*>;

/// Methods that some target here has: the answer to `OPTIONS *`.
inline constexpr std::string_view all_methods = "GET, HEAD, POST, OPTIONS";

/// Where a request leads (spec W8). `HEAD` leads where `GET` does. Who asks and with what
/// rights is decided by the broker. Throws nothing, whatever it is given.
destination route(http::verb method, std::string_view target);

/// The operation, once its content is there. Throws nothing.
std::variant<asked_operation, refused_request> complete(const content_operation& asked,
                                                        std::string_view content);

/// The HTTP status of an error (spec §10).
http::status status_of(errc code);

/// What an operation came to, as the body of a response, and what was ignored of its request.
std::string content_of(const answer_value& value, std::string_view ignored = {});

} // namespace restante::gateway
