#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restante::gateway {

/// `host:port`, with the name in lower case and an IPv6 address in its shortest form, in brackets.
struct authority {
  std::string name;
  std::optional<std::uint16_t> port{};

  bool operator==(const authority&) const = default;
};

/// Parses a `Host`, or the text after `://`. Nothing for user information, an invalid port, or
/// characters that no host has. The name may be empty.
std::optional<authority> authority_of(std::string_view text);

/// An origin in the form in which browsers compare it (RFC 6454, 6.1): `HTTPS://App.example:443/`
/// becomes `https://app.example`. Nothing if the text has more than scheme, host and port.
std::optional<std::string> origin_of(std::string_view text);

/// What is wrong with an entry of `allow_origin` or `allow_host`, as the end of a sentence that
/// begins with the entry; nothing when the entry is valid.
std::optional<std::string> fault_of_allowed_origin(std::string_view text);
std::optional<std::string> fault_of_allowed_host(std::string_view text);

/// What an HTTP request tells about its origin; empty: the request does not tell.
struct provenance {
  std::optional<std::string_view> host; ///< HTTP/1.0 may have none, but no browser speaks HTTP/1.0
  std::string_view origin;
  std::string_view fetch_site; ///< `Sec-Fetch-Site`
  bool is_secure = false;      ///< came over TLS
};

/// The part for which a request is refused.
enum class foreign_part : std::uint8_t { none, host, origin, fetch_site };

/// Refuses requests that a browser makes for a foreign web page (spec W7). An unknown `Host` is a
/// name that an attacker pointed at this broker (DNS rebinding), and a foreign `Origin` is another
/// site's page. The policy applies on loopback too, where no token is required.
class origin_policy {
public:
  /// Takes `*`, origins and hosts; a host without a port allows every port. An invalid entry allows
  /// nothing.
  origin_policy(std::string address, const std::vector<std::string>& allowed_hosts,
                const std::vector<std::string>& allowed_origins);

  foreign_part foreign_part_of(const provenance& from) const;
  bool admits(const provenance& from) const { return foreign_part_of(from) == foreign_part::none; }

  /// Whether a link on another site may lead a person here, to content that is public.
  bool admits_link(const provenance& from) const {
    return from.origin.empty() && knows_host(from.host);
  }

private:
  bool knows_host(const std::optional<std::string_view>& host) const;
  bool knows_origin(const provenance& from) const;

  std::string address_; ///< in the form of an `authority` name
  std::vector<authority> hosts_;
  std::vector<std::string> origins_;
  bool is_any_host_ = false;
  bool is_any_origin_ = false;
};

} // namespace restante::gateway
