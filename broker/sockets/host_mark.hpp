#pragma once

#include <string_view>

namespace restante::sockets {

/// A prefix for a host that Boost.URL is to parse. The caller removes it from the result.
///
/// Boost.URL ends a host after a dotted quad, but `10.0.0.5.nip.io` is a name (RFC 3986, 3.2.2).
/// After a letter, a quad is parsed as part of a name. The prefix is empty when the host does not
/// begin with a digit.
inline std::string_view host_mark(std::string_view host) {
  const bool is_digit = !host.empty() && host.front() >= '0' && host.front() <= '9';
  return is_digit ? "x" : "";
}

} // namespace restante::sockets
