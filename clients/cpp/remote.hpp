#pragma once

#include "restante/broker/api/caller.hpp"
#include "restante/broker/api/handlers.hpp"
#include "restante/broker/api/options.hpp"
#include "restante/clients/cpp/remote_options.hpp"

#include <memory>

namespace restante {

/// A broker in another process, reached over WebSocket or as a CAF node. It has the API of a
/// `broker` in this process, with the same rules and errors. Safe to use from several threads.
///
/// A lost connection reconnects, and resumes if its resume window allows (spec C4). Otherwise
/// subscriptions and watches are made again, each with a fresh snapshot; keys are gone, and
/// `handlers::on_connected` is the place to set them again. Operations without an answer are
/// retried if repeating them changes nothing: puts get a `message_id` for that (spec N14). All
/// other operations without an answer end with `unknown_outcome`.
///
/// Callbacks come from one thread of this object, or, at a CAF node, from an actor.
class remote {
public:
  /// Does not connect yet. Throws std::invalid_argument when the URL is not valid, and
  /// std::runtime_error when certificates cannot be read.
  explicit remote(remote_options how = {});

  /// Uses an existing actor system, for `caf://` only. Call `configure_node` on its config first.
  /// The system must outlive this object.
  remote(caf::actor_system& system, remote_options how);

  remote(remote&&) noexcept;
  remote& operator=(remote&&) noexcept;

  /// Stops the remote, if it is not stopped yet.
  ~remote();

  /// Connects a client. With a token, `who.client` and `who.ns` may be empty: the broker knows
  /// them. With `ack_mode::automatic` a delivery is acknowledged when its handler has returned. The
  /// broker decides the rights.
  connection connect(connect_options who, handlers what = {});
  connection connect(connect_options who, std::unique_ptr<sink> out);

  /// The identity with every right: needs a token of the server identity, or a broker without
  /// tokens.
  server_identity open_server();

  /// Asks as a client without being its connection.
  visitor open_visitor(client_address who);

  /// Ends all connections cleanly and waits up to `close_timeout`. Stopping again does nothing. Do
  /// not call it in a callback, where it cannot wait.
  void stop();

  /// Makes the links of all connections.
  class connector;

private:
  std::shared_ptr<connector> connector_;
};

} // namespace restante
