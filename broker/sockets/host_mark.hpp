#pragma once

#include <string_view>

namespace restante::sockets {

/// What to put before a host that Boost.URL is to read, and to take off again what it has read.
///
/// Boost.URL ends a host behind a dotted quad, but `10.0.0.5.nip.io` is a name all the same (RFC
/// 3986, 3.2.2). Behind a letter a quad is part of a name. Empty where there is no digit in front.
inline std::string_view host_mark(std::string_view host) {
  const bool is_digit = !host.empty() && host.front() >= '0' && host.front() <= '9';
  return is_digit ? "x" : "";
}

} // namespace restante::sockets
