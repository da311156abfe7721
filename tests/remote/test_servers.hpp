#pragma once

#include "restante/broker/api/broker.hpp"
#include "restante/broker/gateway/gateway.hpp"
#include "restante/broker/node/node.hpp"
#include "restante/clients/cpp/remote.hpp"
#include "restante/tests/remote/backends.hpp"

#include <optional>
#include <string>

// GCC and clang each have a way of their own to say that ASan is on.
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

/// A broker at a port of its own, which can be stopped, and started anew there.
class gateway_server {
public:
  explicit gateway_server(gateway::gateway_options gateway = {}, options core = {});
  ~gateway_server();

  void start();
  /// As a program that is told to stop.
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

/// An actor system that is fit for nodes.
struct node_system {
  explicit node_system(std::chrono::milliseconds ping = std::chrono::seconds{10});

  caf::actor_system_config config;
  caf::actor_system system;
};

/// While there is one, this thread's leaks are overlooked: CAF 0.17 does not let go of its
/// network actor when a peer was cut off for its silence, or when its network is a simulated one.
struct leaks_of_caf {
#ifdef RESTANTE_LEAKS_ARE_WATCHED
  const __lsan::ScopedDisabler overlooked;
#else
  leaks_of_caf() {} // so that it is not taken for unused
#endif
};

/// The same as a CAF node: another one each time it is started.
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

/// Looks often, so that tests are short.
remote_options eager(std::string url);
remote_options eager(std::uint16_t port);

/// The packs of these, in order.
std::vector<std::string> packs_of(const recorder& seen);

} // namespace restante::testing
