#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// The parts of a listening address.
struct listen_endpoint {
  std::string address; ///< an IP address without brackets, or `localhost`
  std::uint16_t port = 0;

  bool operator==(const listen_endpoint&) const = default;
};

/// Reads `127.0.0.1:7467`, `[::1]:7467` or `localhost:7467`; nothing if the text has another form.
std::optional<listen_endpoint> listen_endpoint_of(std::string_view text);

/// Whether only this machine can reach the address. A name other than `localhost` does not count.
bool is_loopback(const std::string& address);

/// An IP address, or `localhost`.
bool is_address(const std::string& text);

/// `ws://[::1]:7467/v1/ws`, from `ws`, the endpoint and `/v1/ws`.
std::string url(std::string_view scheme, const listen_endpoint& endpoint, std::string_view path);

} // namespace restante::serve
