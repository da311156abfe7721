#pragma once

#include "restante/actors/protocol/configure_node.hpp"
#include "restante/broker/api/broker.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace restante {

/// How a broker is published to other CAF nodes.
struct node_options {
  std::string address = "127.0.0.1"; ///< an IP address, or `localhost`
  std::uint16_t port = 7468;         ///< 0: one that is free; see `node::port`

  /// CAF's protocol trusts its peers: whoever reaches the port may be anybody, and can stop
  /// the process. Without this word only a loopback address is listened on (spec W9).
  bool trusted_network = false;
};

/// Publishes a broker, for CAF programs in other processes that attach with `remote` and
/// `caf://` (spec W9). The broker's actor system must have been made with `configure_node`.
class node {
public:
  /// Listens from here on. Throws std::runtime_error, with a sentence for the operator, when
  /// it cannot: the port is taken, the address is not loopback, the system is not fit.
  node(broker& broker, node_options how);

  /// Stops it, if it was not.
  ~node();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  std::uint16_t port() const;

  /// How many peers are attached.
  std::size_t peers() const;

  /// Takes no more peers. Call `broker::stop` behind it, then `stop`.
  void refuse_newcomers();

  /// Ends what is left of it.
  void stop();

private:
  class state;
  std::unique_ptr<state> state_;
};

} // namespace restante
