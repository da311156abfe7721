#include "restante/clients/cpp/broker_url.hpp"

#include "restante/broker/sockets/host_mark.hpp"

#include <boost/url/parse.hpp>

#include <cctype>
#include <charconv>
#include <optional>

namespace restante::remoting {

namespace {

std::uint16_t default_port(broker_url::scheme by) {
  return by == broker_url::scheme::node ? 7468 : 7467;
}

failure wrong(std::string_view text, std::string_view how) {
  return {errc::invalid_argument, "url \"" + std::string{text} + "\" " + std::string{how}};
}

/// The scheme in upper or lower case (RFC 3986).
std::optional<broker_url::scheme> way_of(std::string scheme) {
  for (auto& c : scheme)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (scheme == "ws")
    return broker_url::scheme::ws;
  if (scheme == "wss")
    return broker_url::scheme::wss;
  if (scheme == "caf")
    return broker_url::scheme::node;
  return std::nullopt;
}

/// The position where the host begins; the end of the text if there is no host.
std::size_t place_of_host(std::string_view text) {
  const auto slashes = text.find("://");
  return slashes == std::string_view::npos ? text.size() : slashes + 3;
}

/// Nothing if the port is invalid. This is checked here because the library reduces a number that
/// is too large.
std::optional<std::uint16_t> port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const auto* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, port);
  if (read.ec != std::errc{} || read.ptr != end || port == 0)
    return std::nullopt;
  return port;
}

} // namespace

std::string broker_url::authority() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

outcome<broker_url> broker_url_of(std::string_view text) {
  const auto at = place_of_host(text);
  const auto mark = sockets::host_mark(text.substr(at));
  const auto marked = std::string{text}.insert(at, mark);
  const auto parsed = boost::urls::parse_uri(marked);
  if (!parsed)
    return wrong(text, "is not of the form ws://HOST:PORT");
  const auto& found = *parsed;
  const auto by = way_of({found.scheme().data(), found.scheme().size()});
  if (!by)
    return wrong(text, "begins with neither ws://, wss:// nor caf://");
  const std::string path{found.encoded_path().data(), found.encoded_path().size()};
  // The library accepts `ws://h:x` in this form.
  const bool is_cut_short = !path.empty() && path.front() != '/';
  if (found.encoded_host().empty() || found.has_userinfo() || found.has_fragment() || is_cut_short)
    return wrong(text, "is not of the form ws://HOST:PORT");
  const bool has_port = found.has_port() && !found.port().empty();
  const auto port = has_port ? port_of({found.port().data(), found.port().size()})
                             : std::optional{default_port(*by)};
  if (!port)
    return wrong(text, "has no port from 1 to 65535");
  broker_url made;
  made.by = *by;
  made.host = found.host().substr(mark.size());
  if (made.host.starts_with('[') && made.host.ends_with(']'))
    made.host = made.host.substr(1, made.host.size() - 2);
  made.port = *port;
  made.target = path.empty() || path == "/" ? "/v1/ws" : path;
  if (found.has_query()) {
    const auto query = found.encoded_query();
    made.target.append("?").append(query.data(), query.size());
  }
  return made;
}

} // namespace restante::remoting
