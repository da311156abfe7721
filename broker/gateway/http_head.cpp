#include "restante/broker/gateway/http_head.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>

namespace restante::gateway {

namespace {

bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [others](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           others.find(c) != std::string_view::npos;
  });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

/// Whether the text has the form of `HTTP/1.1`. This does not check the numbers.
bool is_version(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
         is_digit(text[7]);
}

bool is_named(std::string_view name, std::string_view wanted) {
  return beast::iequals({name.data(), name.size()}, {wanted.data(), wanted.size()});
}

} // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

head_scanner::verdict head_scanner::look(std::string_view received) {
  while (verdict_ == verdict::incomplete && at_ < received.size())
    verdict_ = next_byte(received);
  return verdict_;
}

head_scanner::verdict head_scanner::refuse(http::status status, std::string_view reason) {
  status_ = status;
  reason_ = reason;
  return verdict::refused;
}

head_scanner::verdict head_scanner::next_byte(std::string_view received) {
  const auto c = received[at_];
  const bool is_behind_cr = at_ > line_ && received[at_ - 1] == '\r';
  if (c == '\n' && !is_behind_cr)
    return refuse(http::status::bad_request, "a line ends with LF alone");
  if (c != '\n' && is_behind_cr)
    return refuse(http::status::bad_request, "a CR is not the end of a line");
  if (is_control(c) && c != '\r' && c != '\n')
    return refuse(http::status::bad_request, "there is a control character in the header");
  ++at_;
  if (c != '\n')
    return check_size();
  const auto line = received.substr(line_, at_ - 2 - line_);
  const auto now = end_line(line);
  line_ = at_;
  if (now != verdict::incomplete)
    return now;
  if (!has_request_line_)
    begin_ = at_;
  return check_size();
}

head_scanner::verdict head_scanner::check_size() {
  const auto size = at_ - begin_;
  if (!has_request_line_ && size > request_line_bytes_max)
    return refuse(http::status::uri_too_long, "the request line is too long");
  if (size > header_bytes_max)
    return refuse(http::status::request_header_fields_too_large, "the header is too large");
  return verdict::incomplete;
}

head_scanner::verdict head_scanner::end_line(std::string_view line) {
  if (!has_request_line_) {
    if (!line.empty())
      return request_line(line);
    if (++empty_lines_ > empty_lines_max)
      return refuse(http::status::bad_request, "there are too many empty lines");
    return verdict::incomplete;
  }
  if (line.empty())
    return verdict::complete;
  if (line.front() == ' ' || line.front() == '\t')
    return refuse(http::status::bad_request, "a header field is folded over two lines");
  return verdict::incomplete;
}

head_scanner::verdict head_scanner::request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || !is_token(line.substr(0, first)))
    return refuse(http::status::bad_request, "this is no HTTP");
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (target.empty() || target.find_first_of(" \t") != std::string_view::npos ||
      !is_version(version))
    return refuse(http::status::bad_request, "the request line is not METHOD TARGET HTTP/1.1");
  if (version[5] != '1')
    return refuse(http::status::http_version_not_supported, "only HTTP/1.0 and 1.1 are spoken");
  has_request_line_ = true;
  minor_at_ = line_ + line.size() - 1;
  return verdict::incomplete;
}

head_glimpse glimpse_of(std::string_view received) {
  head_glimpse seen;
  std::size_t hosts = 0;
  std::size_t origins = 0;
  for (std::size_t at = 0; at < received.size();) {
    const auto end = std::min(received.find('\n', at), received.size());
    const auto is_whole = end < received.size();
    auto line = received.substr(at, end - at);
    at = end + 1;
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    if (seen.method.empty()) {
      const auto method = line.substr(0, line.find(' '));
      seen.method = is_token(method) ? method : std::string_view{};
    } else if (!is_whole || colon == std::string_view::npos) {
      continue;
    } else if (is_named(name, "host")) {
      seen.host = ++hosts == 1 ? trimmed(line.substr(colon + 1)) : std::string_view{};
    } else if (is_named(name, "origin")) {
      seen.origin = ++origins == 1 ? trimmed(line.substr(colon + 1)) : std::string_view{};
    }
  }
  return seen;
}

} // namespace restante::gateway
