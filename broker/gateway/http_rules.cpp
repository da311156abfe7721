#include "restante/broker/gateway/http_rules.hpp"

#include "restante/broker/gateway/http_head.hpp"
#include "restante/broker/gateway/origin_policy.hpp"
#include "restante/messages/json/decode.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <vector>

namespace restante::gateway {

namespace {

/// List fields that this file or the library reads.
constexpr std::string_view lists[] = {"Connection",       "Upgrade",  "Expect",
                                      "Content-Encoding", "If-Match", "If-None-Match"};

/// Fields that may occur only once: with two, two programs may each use a different one.
constexpr std::string_view single_fields[] = {"Authorization",
                                              "Content-Length",
                                              "Content-Type",
                                              "Host",
                                              "Origin",
                                              "Transfer-Encoding",
                                              "Sec-Fetch-Dest",
                                              "Sec-Fetch-Mode",
                                              "Sec-Fetch-Site",
                                              "Sec-WebSocket-Key",
                                              "Sec-WebSocket-Version",
                                              "Access-Control-Request-Method"};

beast::string_view theirs(std::string_view text) {
  return {text.data(), text.size()};
}

std::string_view ours(beast::string_view text) {
  return {text.data(), text.size()};
}

bool is_same(std::string_view a, std::string_view b) {
  return beast::iequals(theirs(a), theirs(b));
}

bool has(const http_header& in, std::string_view name) {
  return in.find(theirs(name)) != in.end();
}

std::size_t count_of(const http_header& in, std::string_view name) {
  return in.count(theirs(name));
}

refused_request bad(std::string why) {
  return {http::status::bad_request, {errc::bad_frame, std::move(why)}, {}};
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool lists_token(const http_header& in, std::string_view name, std::string_view token) {
  return http::token_list{theirs(field_of(in, name))}.exists(theirs(token));
}

/// The elements of a list. Empty elements do not count (RFC 9110, 5.6.1.2). A comma in quotation
/// marks also separates elements: callers compare with plain words, which contain no quotation
/// marks.
std::vector<std::string_view> elements_of(std::string_view list) {
  std::vector<std::string_view> found;
  for (std::size_t from = 0; from < list.size();) {
    const auto end = std::min(list.find(',', from), list.size());
    if (const auto one = trimmed(list.substr(from, end - from)); !one.empty())
      found.push_back(one);
    from = end + 1;
  }
  return found;
}

/// Whether a list has no element other than this one. An empty list passes.
bool has_only(std::string_view list, std::string_view element) {
  return std::ranges::all_of(elements_of(list), [&](auto one) { return is_same(one, element); });
}

/// Refuses every coding except `chunked`. A message whose last coding is not `chunked` has no end
/// (RFC 9112, 6.3).
std::optional<refused_request> coding_fault(std::string_view codings) {
  const auto all = elements_of(codings);
  const auto is_chunked = [](std::string_view one) { return is_same(one, "chunked"); };
  if (all.empty() || !is_chunked(all.back()) || std::ranges::count_if(all, is_chunked) > 1)
    return bad("the Transfer-Encoding is not chunked");
  if (all.size() == 1)
    return std::nullopt;
  return refused_request{http::status::not_implemented,
                         {errc::bad_frame, "no Transfer-Encoding but chunked is implemented"},
                         {}};
}

/// RFC 9112, 6.1 to 6.3. A message whose end is uncertain is not read: the bytes after it would be
/// taken for the next request.
std::optional<refused_request> length_fault(const http_header& of) {
  if (has(of, "Transfer-Encoding")) {
    if (has(of, "Content-Length"))
      return bad("both Transfer-Encoding and Content-Length");
    if (of.version() < 11)
      return bad("Transfer-Encoding is not part of HTTP/1.0");
    return coding_fault(field_of(of, "Transfer-Encoding"));
  }
  if (!has(of, "Content-Length"))
    return std::nullopt;
  const auto text = field_of(of, "Content-Length");
  if (!is_number(text))
    return bad("Content-Length is no number");
  std::uint64_t length = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
  if (read.ec != std::errc{} || length > json::frame_bytes_max) {
    return refused_request{
        http::status::payload_too_large, {errc::bad_frame, "the body is too large"}, {}};
  }
  return std::nullopt;
}

std::optional<refused_request> host_fault(const http_header& of) {
  if (!has(of, "Host"))
    return of.version() < 11 ? std::nullopt : std::optional{bad("Host is missing")};
  const auto host = authority_of(field_of(of, "Host"));
  if (!host || host->name.empty())
    return bad("Host is no host");
  return std::nullopt;
}

/// The scheme and the text after `://`; nothing if the target does not begin in this way.
std::optional<std::pair<std::string_view, std::string_view>> absolute_of(std::string_view target) {
  const auto end = target.find("://");
  if (end == std::string_view::npos)
    return std::nullopt;
  const auto scheme = target.substr(0, end);
  if (!is_same(scheme, "http") && !is_same(scheme, "https"))
    return std::nullopt;
  return std::pair{scheme, target.substr(end + 3)};
}

std::variant<asked_target, refused_request> absolute_target(const http_header& of,
                                                            std::string_view scheme,
                                                            std::string_view rest, bool is_secure) {
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto host = rest.substr(0, end);
  const auto parsed = authority_of(host);
  if (!parsed || parsed->name.empty())
    return bad("the target names no host");
  if (is_same(scheme, "https") && !is_secure) {
    return refused_request{
        http::status::misdirected_request, {errc::bad_frame, "https is asked for without TLS"}, {}};
  }
  std::string path{rest.substr(end)};
  if (path.empty() && of.method() == http::verb::options)
    return asked_target{host, {}}; // RFC 9112, 3.2.4
  if (!path.starts_with('/'))
    path.insert(0, 1, '/');
  return asked_target{host, std::move(path)};
}

/// Removes one entity tag from the front of a list; empty when there is no tag.
std::string_view next_tag(std::string_view& list) {
  const auto from = list.find_first_not_of(" \t,");
  list.remove_prefix(std::min(from, list.size()));
  const auto opened = list.starts_with("W/\"") ? std::size_t{2} : 0;
  if (list.size() <= opened || list[opened] != '"')
    return {};
  const auto closed = list.find('"', opened + 1);
  if (closed == std::string_view::npos)
    return {};
  const auto tag = list.substr(0, closed + 1);
  list.remove_prefix(closed + 1);
  return tag;
}

enum class comparison : std::uint8_t { strong, weak };

/// RFC 9110, 8.8.3.2. This server's own tags are strong.
bool lists_tag(std::string_view list, std::string_view tag, comparison how) {
  if (list == "*")
    return true;
  for (auto one = next_tag(list); !one.empty(); one = next_tag(list)) {
    if (how == comparison::weak && one.starts_with("W/"))
      one.remove_prefix(2);
    if (one == tag)
      return true;
  }
  return false;
}

/// 16 bytes in base64 (RFC 6455, 4.2.1). Four bits of the last of the 22 digits carry no data.
bool is_websocket_key(std::string_view key) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return key.size() == 24 && key.ends_with("==") &&
         key.find_first_not_of(digits) == key.size() - 2 &&
         std::string_view{"AQgw"}.find(key[21]) != std::string_view::npos;
}

/// The position of the next `;` outside quoted strings; the end of the text if there is none.
std::size_t end_of_parameter(std::string_view text) {
  bool is_quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"')
      is_quoted = !is_quoted;
    else if (text[at] == '\\' && is_quoted)
      ++at;
    else if (text[at] == ';' && !is_quoted)
      return at;
  }
  return text.size();
}

/// The `charset` of a media type, without quotation marks; empty if there is none.
std::string_view charset_of(std::string_view type) {
  constexpr std::string_view name = "charset=";
  for (auto end = end_of_parameter(type); end < type.size(); end = end_of_parameter(type)) {
    type.remove_prefix(end + 1);
    auto value = trimmed(type.substr(0, end_of_parameter(type)));
    if (!is_same(value.substr(0, name.size()), name))
      continue;
    value.remove_prefix(name.size());
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

refused_request unsupported(std::string why) {
  return {http::status::unsupported_media_type, {errc::bad_frame, std::move(why)}, {}};
}

} // namespace

std::string_view field_of(const http_header& in, http::field name) {
  return ours(in[name]);
}

std::string_view field_of(const http_header& in, std::string_view name) {
  return ours(in[theirs(name)]);
}

void join_lists(http_header& of) {
  for (const auto name : lists) {
    if (count_of(of, name) < 2)
      continue;
    std::string all;
    const auto [first, last] = of.equal_range(theirs(name));
    for (auto at = first; at != last; ++at)
      all.append(all.empty() ? "" : ", ").append(ours(at->value()));
    of.set(theirs(name), theirs(all));
  }
}

bool keeps_open(const http_header& of) {
  if (lists_token(of, "Connection", "close"))
    return false;
  return of.version() >= 11 || lists_token(of, "Connection", "keep-alive");
}

std::optional<refused_request> fault_of(const http_header& of) {
  for (const auto name : single_fields) {
    if (count_of(of, name) > 1)
      return bad(std::string{name} + " is there more than once");
  }
  if (auto wrong = host_fault(of))
    return wrong;
  return length_fault(of);
}

expectation expectation_of(const http_header& of) {
  if (!has(of, "Expect") || of.version() < 11) // HTTP/1.0: MUST ignore it
    return expectation::nothing;
  const auto expected = field_of(of, "Expect");
  if (!has_only(expected, "100-continue"))
    return expectation::other;
  return elements_of(expected).empty() ? expectation::nothing : expectation::go_on;
}

std::optional<refused_request> content_fault(const http_header& of) {
  if (!has_only(field_of(of, "Content-Encoding"), "identity"))
    return unsupported("the Content-Encoding is not understood: send it as it is");
  const auto charset = charset_of(field_of(of, "Content-Type"));
  if (!charset.empty() && !is_same(charset, "utf-8") && !is_same(charset, "us-ascii"))
    return unsupported("JSON is UTF-8, whatever the charset of its Content-Type");
  return std::nullopt;
}

std::variant<asked_target, refused_request> target_of(const http_header& of, bool is_secure) {
  const auto target = ours(of.target());
  const auto host =
      has(of, "Host") ? std::optional{field_of(of, "Host")} : std::optional<std::string_view>{};
  if (of.method() == http::verb::connect) {
    return refused_request{http::status::not_implemented,
                           {errc::unknown_op, "this is no proxy: CONNECT is not implemented"},
                           {}};
  }
  if (target == "*" && of.method() == http::verb::options)
    return asked_target{host, {}};
  if (target.starts_with('/'))
    return asked_target{host, std::string{target}};
  if (const auto parts = absolute_of(target))
    return absolute_target(of, parts->first, parts->second, is_secure);
  return bad("the request target is no path");
}

precondition precondition_of(const http_header& of, std::string_view tag) {
  const bool is_read = of.method() == http::verb::get || of.method() == http::verb::head;
  if (has(of, "If-Match") && !lists_tag(field_of(of, "If-Match"), tag, comparison::strong))
    return precondition::failed;
  if (has(of, "If-None-Match") && lists_tag(field_of(of, "If-None-Match"), tag, comparison::weak))
    return is_read ? precondition::not_modified : precondition::failed;
  return precondition::holds;
}

bool asks_for_websocket(const http_header& of) {
  return of.version() >= 11 && of.method() == http::verb::get &&
         lists_token(of, "Connection", "upgrade") && lists_token(of, "Upgrade", "websocket");
}

std::optional<refused_request> handshake_fault(const http_header& of) {
  if (field_of(of, "Sec-WebSocket-Version") != "13") {
    return refused_request{
        http::status::upgrade_required, {errc::bad_frame, "the WebSocket's version is 13"}, {}};
  }
  if (!is_websocket_key(field_of(of, "Sec-WebSocket-Key")))
    return bad("Sec-WebSocket-Key is no key");
  if (has(of, "Transfer-Encoding") ||
      (has(of, "Content-Length") && field_of(of, "Content-Length") != "0"))
    return bad("a WebSocket's handshake has no body");
  return std::nullopt;
}

std::string http_date(std::chrono::sys_seconds at) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                days[std::chrono::weekday{day}.c_encoding()], unsigned{date.day()},
                months[unsigned{date.month()} - 1], int{date.year()},
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

void chunk_extension_limit::operator()(std::uint64_t, beast::string_view extensions,
                                       error_code& error) {
  bytes += extensions.size();
  const bool has_control = std::ranges::any_of(extensions, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
  if (has_control || bytes > bytes_max)
    error = http::error::bad_chunk_extension;
}

} // namespace restante::gateway
