#include "restante/broker/gateway/origin_policy.hpp"

#include "restante/broker/sockets/host_mark.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/authority_view.hpp>
#include <boost/url/parse.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace restante::gateway {

namespace {

namespace ip = boost::asio::ip;
namespace urls = boost::urls;

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

std::string lower(std::string_view text) {
  std::string low{text};
  std::ranges::transform(low, low.begin(), [](unsigned char c) { return std::tolower(c); });
  return low;
}

std::optional<std::uint16_t> default_port(std::string_view scheme) {
  if (scheme == "http")
    return http_port;
  return scheme == "https" ? std::optional{https_port} : std::nullopt;
}

/// Writes an address as the host of an authority: `127.0.0.1` or `[::1]`. Other text stays as it
/// is.
std::string name_of_address(const std::string& address) {
  boost::system::error_code bad;
  const auto number = ip::make_address(address, bad);
  if (bad)
    return lower(address);
  return number.is_v6() ? "[" + number.to_string() + "]" : number.to_string();
}

std::optional<ip::address> address_of(std::string_view name) {
  if (name.starts_with('[') && name.ends_with(']'))
    name = name.substr(1, name.size() - 2);
  boost::system::error_code bad;
  const auto number = ip::make_address(std::string{name}, bad);
  return bad ? std::nullopt : std::optional{number};
}

/// Whether the requested host and port are allowed. A host without a port has the default port of
/// either scheme, because TLS may end at a proxy.
bool is_allowed(const authority& asked, const authority& allowed) {
  if (asked.name != allowed.name)
    return false;
  if (!allowed.port || allowed.port == asked.port)
    return true;
  return !asked.port && (*allowed.port == http_port || *allowed.port == https_port);
}

struct split_origin {
  std::string scheme;
  authority host_port;
};

std::optional<split_origin> split(std::string_view origin) {
  const auto end = origin.find("://");
  if (end == std::string_view::npos || end == 0)
    return std::nullopt;
  auto host_port = authority_of(origin.substr(end + 3));
  if (!host_port || host_port->name.empty())
    return std::nullopt;
  return split_origin{lower(origin.substr(0, end)), std::move(*host_port)};
}

} // namespace

std::optional<authority> authority_of(std::string_view text) {
  const auto mark = sockets::host_mark(text);
  const auto marked = std::string{mark}.append(text);
  const auto read = urls::parse_authority(marked);
  if (!read || read->has_userinfo() || read->host_type() == urls::host_type::ipvfuture)
    return std::nullopt;
  authority made;
  const auto host = read->encoded_host();
  made.name = lower({host.data(), host.size()}).substr(mark.size());
  if (read->host_type() == urls::host_type::ipv6) {
    const auto number = address_of(made.name);
    if (!number)
      return std::nullopt;
    made.name = name_of_address(number->to_string());
  }
  if (read->has_port() && !read->port().empty()) {
    const auto digits = read->port();
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size())
      return std::nullopt;
    made.port = port;
  }
  return made;
}

std::optional<std::string> origin_of(std::string_view text) {
  if (text.ends_with('/'))
    text.remove_suffix(1);
  const auto parts = split(text);
  if (!parts)
    return std::nullopt;
  auto made = parts->scheme + "://" + parts->host_port.name;
  if (parts->host_port.port && parts->host_port.port != default_port(parts->scheme))
    made += ":" + std::to_string(*parts->host_port.port);
  return made;
}

/// Schemes of browser extensions and of programs with an embedded browser are allowed too.
std::optional<std::string> fault_of_allowed_origin(std::string_view text) {
  const bool has_pattern = text.find('*') != std::string_view::npos;
  if (text == "*" || lower(text) == "null" || lower(text) == "file://" ||
      (origin_of(text) && !has_pattern))
    return std::nullopt;
  return "must be an origin as browsers send it, https://app.example or with a port, and nothing "
         "behind that; or *";
}

std::optional<std::string> fault_of_allowed_host(std::string_view text) {
  const auto read = authority_of(text);
  const bool has_pattern = text.find('*') != std::string_view::npos;
  if (text == "*" || (read && !read->name.empty() && !has_pattern))
    return std::nullopt;
  return "must be a name or an IP address (IPv6 in brackets), with or without a port; or *";
}

origin_policy::origin_policy(std::string address, const std::vector<std::string>& allowed_hosts,
                             const std::vector<std::string>& allowed_origins)
    : address_{name_of_address(address)} {
  for (const auto& host : allowed_hosts) {
    is_any_host_ = is_any_host_ || host == "*";
    if (auto read = authority_of(host))
      hosts_.push_back(std::move(*read));
  }
  for (const auto& origin : allowed_origins) {
    is_any_origin_ = is_any_origin_ || origin == "*";
    origins_.push_back(origin_of(origin).value_or(lower(origin))); // `null`, `file://`
  }
}

foreign_part origin_policy::foreign_part_of(const provenance& from) const {
  if (!knows_host(from.host))
    return foreign_part::host;
  if (!from.origin.empty())
    return knows_origin(from) ? foreign_part::none : foreign_part::origin;
  // Not a request of a browser's script. A browser may still report which site embeds an image.
  return from.fetch_site != "cross-site" || is_any_origin_ ? foreign_part::none
                                                           : foreign_part::fetch_site;
}

bool origin_policy::knows_host(const std::optional<std::string_view>& host) const {
  if (!host)
    return true;
  const auto asked = authority_of(*host);
  if (!asked || asked->name.empty())
    return false;
  const auto is_it = [&](const authority& known) { return is_allowed(*asked, known); };
  if (is_any_host_ || asked->name == "localhost" || asked->name == address_ ||
      std::ranges::any_of(hosts_, is_it))
    return true;
  // DNS cannot redirect a numeric address. Whether the address is one of this machine matters only
  // on loopback.
  const auto number = address_of(asked->name);
  if (!number)
    return false;
  const auto ours = address_of(address_);
  return number->is_loopback() || (ours && ours->is_unspecified());
}

/// A page from this gateway is not foreign. A proxy may have ended its TLS, so the scheme of the
/// origin gives the port that `Host` leaves out.
bool origin_policy::knows_origin(const provenance& from) const {
  if (is_any_origin_)
    return true;
  const auto whole = origin_of(from.origin).value_or(lower(from.origin));
  if (std::ranges::find(origins_, whole) != origins_.end())
    return true;
  const auto page = split(from.origin);
  const auto port = page ? default_port(page->scheme) : std::nullopt;
  const auto here = from.host ? authority_of(*from.host) : std::nullopt;
  if (!port || !here || (from.is_secure && page->scheme != "https"))
    return false;
  return page->host_port.name == here->name &&
         page->host_port.port.value_or(*port) == here->port.value_or(*port);
}

} // namespace restante::gateway
