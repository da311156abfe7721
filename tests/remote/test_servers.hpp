#pragma once

#include "restante/broker/api/broker.hpp"
#include "restante/broker/gateway/gateway.hpp"
#include "restante/broker/node/node.hpp"
#include "restante/clients/cpp/remote.hpp"
#include "restante/tests/remote/backends.hpp"

#include <optional>
#include <string>

// GCC and clang report in different ways that ASan is on.
#if defined(__SANITIZE_ADDRESS__)
#define RESTANTE_LEAKS_ARE_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RESTANTE_LEAKS_ARE_WATCHED 1
#endif
#endif

#ifdef RESTANTE_LEAKS_ARE_WATCHED
#include <sanitizer/lsan_interface.h>
#endif

namespace restante::testing {

/// A broker with its gateway on one port. It can be stopped and started again on that port.
class gateway_server {
public:
  explicit gateway_server(gateway::gateway_options gateway = {}, options core = {});
  ~gateway_server();

  void start();
  /// Stops as a program that receives SIGTERM does.
  void stop();

  std::uint16_t port() const { return how_.port; }
  std::string url() const { return "ws://127.0.0.1:" + std::to_string(port()); }
  restante::broker& broker() { return *broker_; }

private:
  gateway::gateway_options how_;
  options core_;
  std::optional<restante::broker> broker_;
  std::optional<gateway::gateway> listener_;
};

/// An actor system that is configured for nodes.
struct node_system {
  explicit node_system(std::chrono::milliseconds ping = std::chrono::seconds{10});

  caf::actor_system_config config;
  caf::actor_system system;
};

/// While this object exists, leaks of this thread are ignored: CAF 0.17 does not release its
/// network actor when a peer was cut off because it was silent, or when its network is simulated.
struct leaks_of_caf {
#ifdef RESTANTE_LEAKS_ARE_WATCHED
  const __lsan::ScopedDisabler overlooked;
#else
  leaks_of_caf() {} // avoids a warning about an unused variable
#endif
};

/// A broker with a CAF node. Each start makes a new node.
class node_server {
public:
  explicit node_server(std::chrono::milliseconds ping = std::chrono::seconds{10},
                       options core = {});
  ~node_server();

  void start();
  void stop();

  std::uint16_t port() const { return port_; }
  std::string url() const { return "caf://127.0.0.1:" + std::to_string(port()); }
  restante::broker& broker() { return *broker_; }
  node& listener() { return *listener_; }

private:
  std::chrono::milliseconds ping_;
  options core_;
  std::uint16_t port_ = 0;
  std::optional<node_system> here_;
  std::optional<restante::broker> broker_;
  std::optional<node> listener_;
};

/// Reconnects with short pauses, so that tests are short.
remote_options eager(std::string url);
remote_options eager(std::uint16_t port);

/// The packs of the received notifications, in order.
std::vector<std::string> packs_of(const recorder& seen);

} // namespace restante::testing
