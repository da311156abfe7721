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

/// What RFC 9110 and 9112 ask of an origin server before it looks at what a request wants.
/// Pure functions of a header that a parser has read.
using http_header = http::request_header<http::fields>;

/// The value of a field that is not a list; empty where there is none.
std::string_view field_of(const http_header& in, http::field name);
std::string_view field_of(const http_header& in, std::string_view name);

/// Puts lists that stand in several lines into one line each (RFC 9110, 5.3), for code that
/// looks at the first line only.
void join_lists(http_header& of);

/// Whether the connection is kept behind this request, if the answer does not end it (9.3).
bool keeps_open(const http_header& of);

/// What is wrong with how the message is delimited, whom it is for, or what stands in it twice.
/// Where its end is then unknown, so the connection ends with the refusal.
std::optional<refused_request> fault_of(const http_header& of);

/// What a client waits for before it sends the content (RFC 9110, 10.1.1).
enum class expectation : std::uint8_t {
  nothing,
  go_on, ///< `100 Continue`, or the final answer
  other, ///< 417
};
expectation expectation_of(const http_header& of);

/// Content that is not understood, whatever it says: 415.
std::optional<refused_request> content_fault(const http_header& of);

/// A request target, whichever of the forms it came in (RFC 9112, 3.2).
struct asked_target {
  std::optional<std::string_view> host; ///< as the target or `Host` says; HTTP/1.0 may not say
  std::string path;                     ///< with its query; empty for `*`
};

/// Reads the target. `is_secure`: it came over TLS. Refuses what has no such form, and `https:`
/// without TLS.
std::variant<asked_target, refused_request> target_of(const http_header& of, bool is_secure);

/// What `If-Match` and `If-None-Match` make of a representation with this entity tag.
enum class precondition : std::uint8_t { holds, not_modified, failed };
precondition precondition_of(const http_header& of, std::string_view tag);

/// Whether this is a WebSocket's handshake, and what is wrong with it if it is.
bool asks_for_websocket(const http_header& of);
std::optional<refused_request> handshake_fault(const http_header& of);

/// `Sun, 06 Nov 1994 08:49:37 GMT`
std::string http_date(std::chrono::sys_seconds at);

/// Bounds the extensions of chunks, and refuses control characters in them: some programs take
/// a line feed there for the end of the line.
struct chunk_extension_limit {
  static constexpr std::size_t bytes_max = 4 * 1024; ///< in all chunks of one message

  void operator()(std::uint64_t size, beast::string_view extensions, error_code& error);

  std::size_t bytes = 0;
};

} // namespace restante::gateway
