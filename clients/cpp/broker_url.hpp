#pragma once

#include "restante/messages/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::remoting {

/// The address of a broker in its parts.
struct broker_url {
  enum class scheme : std::uint8_t { ws, wss, node };

  scheme by = scheme::ws;
  std::string host; ///< without the brackets of an IPv6 address
  std::uint16_t port = 0;
  std::string target; ///< path and query of a WebSocket

  /// Host and port, in the form of the Host header.
  std::string authority() const;
};

/// Reads `ws://…`, `wss://…` and `caf://…`. Errors: invalid_argument, with a sentence.
outcome<broker_url> broker_url_of(std::string_view text);

} // namespace restante::remoting
