#pragma once

#include "restante/broker/api/caller.hpp"
#include "restante/broker/api/handlers.hpp"
#include "restante/broker/api/options.hpp"
#include "restante/clients/cpp/remote_options.hpp"

#include <memory>

namespace restante {

/// A broker in another process, reached over WebSocket or as a CAF node: the same API as a
/// `broker` of one's own, with the same rules and errors. Safe to use from several threads.
///
/// A lost connection reconnects, and resumes if its resume window allows (spec C4). Otherwise
/// subscriptions and watches are made again, each with a fresh snapshot; keys are gone, and
/// `handlers::on_connected` is the place to set them again. Operations without an answer are
/// retried if repeating them changes nothing: puts get a `message_id` for that (spec N14). The
/// others end `unknown_outcome`.
///
/// Callbacks come from one thread of this object, or, at a CAF node, from an actor.
class remote {
public:
  /// Does not connect yet. Throws std::invalid_argument when the URL is not valid, and
  /// std::runtime_error when certificates cannot be read.
  explicit remote(remote_options how = {});

  /// The same in an actor system of one's own, for `caf://` only; `configure_node` its
  /// config first. It must outlive this.
  remote(caf::actor_system& system, remote_options how);

  remote(remote&&) noexcept;
  remote& operator=(remote&&) noexcept;

  /// Stops it, if it was not.
  ~remote();

  /// Connects a client; with a token, `who.client` and `who.ns` may be left empty, the
  /// broker knows. With `ack_mode::automatic` a delivery is acknowledged when its handler
  /// has returned. Rights are the broker's business.
  connection connect(connect_options who, handlers what = {});
  connection connect(connect_options who, std::unique_ptr<sink> out);

  /// The identity with every right: for a token that says so, or at a broker without any.
  server_identity open_server();

  /// Asks as a client without being its connection.
  visitor open_visitor(client_address who);

  /// Ends all connections cleanly, waiting up to `close_timeout` for it. Stopping again does
  /// nothing. Not from a callback.
  void stop();

  /// What is at the other end of all its connections.
  class connector;

private:
  std::shared_ptr<connector> connector_;
};

} // namespace restante
