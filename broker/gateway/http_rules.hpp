#pragma once

#include "restante/broker/gateway/net.hpp"
#include "restante/broker/gateway/routes.hpp"

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace restante::gateway {

/// The requirements of RFC 9110 and 9112 on an origin server that hold for every request. Pure
/// functions of a parsed header.
using http_header = http::request_header<http::fields>;

/// The value of a field that is not a list; empty if the field is missing.
std::string_view field_of(const http_header& in, http::field name);
std::string_view field_of(const http_header& in, std::string_view name);

/// Joins list fields that occur several times into one field each (RFC 9110, 5.3), for code that
/// reads only the first.
void join_lists(http_header& of);

/// Whether the connection stays open after this request, if the response does not end it (9.3).
bool keeps_open(const http_header& of);

/// What is wrong with the delimiters of the message, its host, or repeated fields. The end of such
/// a message is unknown, so the connection ends with the refusal.
std::optional<refused_request> fault_of(const http_header& of);

/// What a client waits for before it sends the content (RFC 9110, 10.1.1).
enum class expectation : std::uint8_t {
  nothing,
  go_on, ///< `100 Continue`, or the final answer
  other, ///< 417
};
expectation expectation_of(const http_header& of);

/// Refuses content types or codings that are not supported: 415.
std::optional<refused_request> content_fault(const http_header& of);

/// A request target in any of its forms (RFC 9112, 3.2).
struct asked_target {
  std::optional<std::string_view> host; ///< from the target or `Host`; HTTP/1.0 may have none
  std::string path;                     ///< with its query; empty for `*`
};

/// Parses the target. `is_secure`: the request came over TLS. Refuses a target without a valid
/// form, and `https:` without TLS.
std::variant<asked_target, refused_request> target_of(const http_header& of, bool is_secure);

/// The result of `If-Match` and `If-None-Match` for a representation with this entity tag.
enum class precondition : std::uint8_t { holds, not_modified, failed };
precondition precondition_of(const http_header& of, std::string_view tag);

/// Whether this is a WebSocket handshake, and what is wrong with the handshake.
bool asks_for_websocket(const http_header& of);
std::optional<refused_request> handshake_fault(const http_header& of);

/// `Sun, 06 Nov 1994 08:49:37 GMT`
std::string http_date(std::chrono::sys_seconds at);

/// Limits the extensions of chunks and refuses control characters in them: some programs treat a
/// line feed there as the end of the line.
struct chunk_extension_limit {
  static constexpr std::size_t bytes_max = 4 * 1024; ///< in all chunks of one message

  void operator()(std::uint64_t size, beast::string_view extensions, error_code& error);

  std::size_t bytes = 0;
};

} // namespace restante::gateway
