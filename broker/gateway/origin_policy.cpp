#include "restante/broker/gateway/origin_policy.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <cctype>

namespace restante::gateway {

namespace {

namespace ip = boost::asio::ip;

std::string lower(std::string_view text) {
  std::string low{text};
  std::ranges::transform(low, low.begin(), [](unsigned char c) { return std::tolower(c); });
  return low;
}

/// `[::1]:80` and `example:80` without their port and brackets.
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return end == std::string_view::npos ? host : host.substr(1, end - 1);
  }
  const auto colon = host.find(':');
  return colon == std::string_view::npos ? host : host.substr(0, colon);
}

bool is_any(const std::vector<std::string>& allowed) {
  return std::ranges::find(allowed, "*") != allowed.end();
}

} // namespace

origin_policy::origin_policy(std::string address, std::vector<std::string> allowed_hosts,
                             std::vector<std::string> allowed_origins)
    : address_{lower(address)} {
  for (const auto& host : allowed_hosts)
    hosts_.push_back(lower(host));
  for (const auto& origin : allowed_origins)
    origins_.push_back(lower(origin));
}

bool origin_policy::admits(const provenance& from) const {
  if (!knows_host(from.host))
    return false;
  if (from.origin.empty()) // no browser's script; a browser may still say whose image this is
    return from.fetch_site != "cross-site" || is_any(origins_);
  return knows_origin(from.origin, from.host);
}

bool origin_policy::knows_host(std::string_view host) const {
  if (host.empty() || is_any(hosts_))
    return !host.empty();
  const auto whole = lower(host);
  const auto name = without_port(whole);
  const auto is_it = [&](const std::string& known) { return known == name || known == whole; };
  if (name == "localhost" || name == address_ || std::ranges::any_of(hosts_, is_it))
    return true;
  // A number cannot be pointed elsewhere. Which of them are ours only matters on loopback.
  boost::system::error_code bad;
  const auto number = ip::make_address(std::string{name}, bad);
  if (bad)
    return false;
  const auto ours = ip::make_address(address_, bad);
  return number.is_loopback() || (!bad && ours.is_unspecified());
}

bool origin_policy::knows_origin(std::string_view origin, std::string_view host) const {
  if (is_any(origins_))
    return true;
  const auto whole = lower(origin);
  if (std::ranges::find(origins_, whole) != origins_.end())
    return true;
  const auto scheme = whole.find("://");
  if (scheme == std::string::npos)
    return false; // `null`: a sandboxed page, a file
  const auto kind = std::string_view{whole}.substr(0, scheme);
  return (kind == "http" || kind == "https") && whole.substr(scheme + 3) == lower(host);
}

} // namespace restante::gateway
