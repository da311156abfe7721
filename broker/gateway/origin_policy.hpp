#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace restante::gateway {

/// What an HTTP request says of where it comes from; empty: it does not say.
struct provenance {
  std::string_view host;
  std::string_view origin;
  std::string_view fetch_site; ///< `Sec-Fetch-Site`
};

/// Refuses requests that a foreign web page has a browser make (spec W7): an unknown `Host`
/// is a name that was pointed at us (DNS rebinding), a foreign `Origin` is somebody else's
/// page. Holds on loopback too, where there is no token to ask for.
class origin_policy {
public:
  origin_policy(std::string address, std::vector<std::string> allowed_hosts,
                std::vector<std::string> allowed_origins);

  bool admits(const provenance& from) const;

  /// Whether a person may be led here from a page elsewhere, to see what anybody may.
  bool admits_link(const provenance& from) const {
    return from.origin.empty() && knows_host(from.host);
  }

private:
  bool knows_host(std::string_view host) const;
  bool knows_origin(std::string_view origin, std::string_view host) const;

  std::string address_;
  std::vector<std::string> hosts_;
  std::vector<std::string> origins_;
};

} // namespace restante::gateway
