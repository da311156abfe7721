#pragma once

#include "restante/broker/broker.hpp"
#include "restante/broker/gateway/gateway.hpp"
#include "restante/broker/remote/remote.hpp"
#include "restante/tests/remote/ways.hpp"

#include <optional>
#include <string>

namespace restante::testing {

/// A broker at a port of its own, which can be stopped, and started anew there.
class place {
public:
  explicit place(gateway::gateway_options door = {}, options core = {});
  ~place();

  void start();
  /// As a program that is told to stop.
  void stop();

  std::uint16_t port() const { return how_.port; }
  std::string url() const { return "ws://127.0.0.1:" + std::to_string(port()); }
  broker& office() { return *office_; }

private:
  gateway::gateway_options how_;
  options core_;
  std::optional<broker> office_;
  std::optional<gateway::gateway> door_;
};

/// Looks often, so that tests are short.
remote_options eager(std::string url);
remote_options eager(std::uint16_t port);

/// The packs of these, in order.
std::vector<std::string> packs_of(const recorder& seen);

} // namespace restante::testing
