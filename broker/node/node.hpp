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
  std::uint16_t port = 7468;         ///< 0: any free port; see `node::port`

  /// CAF's protocol trusts its peers: anybody who reaches the port may claim any identity and can
  /// stop the process. Without this option the node listens only on a loopback address (spec W9).
  bool trusted_network = false;
};

/// Publishes a broker for CAF programs in other processes, which attach with `remote` and `caf://`
/// (spec W9). The broker's actor system must have been made with `configure_node`.
class node {
public:
  /// Listens as soon as it is constructed. Throws std::runtime_error, with a sentence for the
  /// operator, when it cannot: the port is in use, the address is not loopback, or the system is
  /// not configured for a node.
  node(broker& broker, node_options how);

  /// Stops the node, if it is not stopped yet.
  ~node();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  std::uint16_t port() const;

  /// How many peers are attached.
  std::size_t peers() const;

  /// Accepts no more peers. Call `broker::stop` next, then `stop`.
  void refuse_newcomers();

  /// Ends the actors that are left.
  void stop();

private:
  class state;
  std::unique_ptr<state> state_;
};

} // namespace restante
