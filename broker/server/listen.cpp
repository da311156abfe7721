#include "restante/broker/server/listen.hpp"

#include <arpa/inet.h>
#include <charconv>

namespace restante::serve {

namespace {

bool is_v4(const std::string& address) {
  in_addr parsed{};
  return inet_pton(AF_INET, address.c_str(), &parsed) == 1;
}

bool is_v6(const std::string& address) {
  in6_addr parsed{};
  return inet_pton(AF_INET6, address.c_str(), &parsed) == 1;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return port;
}

} // namespace

std::optional<listen_endpoint> listen_endpoint_of(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find('\0') != std::string_view::npos)
    return std::nullopt;
  const auto port = port_of(text.substr(colon + 1));
  std::string address{text.substr(0, colon)};
  const bool in_brackets = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (in_brackets)
    address = address.substr(1, address.size() - 2);
  const bool is_known = in_brackets ? is_v6(address) : is_v4(address) || address == "localhost";
  if (!port || !is_known)
    return std::nullopt;
  return listen_endpoint{address, *port};
}

bool is_address(const std::string& text) {
  return text == "localhost" || is_v4(text) || is_v6(text);
}

bool is_loopback(const std::string& address) {
  return address == "localhost" || address == "::1" ||
         (is_v4(address) && address.starts_with("127."));
}

std::string url(std::string_view scheme, const listen_endpoint& endpoint, std::string_view path) {
  const bool needs_brackets = endpoint.address.find(':') != std::string::npos;
  std::string made{scheme};
  made += needs_brackets ? "://[" : "://";
  made += endpoint.address;
  made += needs_brackets ? "]:" : ":";
  return made.append(std::to_string(endpoint.port)).append(path);
}

} // namespace restante::serve
