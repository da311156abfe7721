#pragma once

#include "restante/messages/command.hpp"

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <memory>
#include <variant>

namespace restante {

class connection_endpoint;

/// About how many bytes of output a push is. Queued output is counted by this size (spec E14).
std::size_t size_of(const push& what);

/// The result of giving a push to a sink.
enum class flow : std::uint8_t {
  taken,   ///< the sink is done with it
  waiting, ///< the sink has it in a queue of its own and confirms it later, in order
};

/// Takes a connection's output: an actor, a callback, a WebSocket session. Only the connection
/// calls it, one call at a time. A sink that throws has failed: its connection ends, and nothing
/// else (spec C7).
class sink {
public:
  virtual ~sink() = default;

  /// Gives the sink the endpoint of its connection. A sink that returns `flow::waiting` confirms
  /// its pushes there later (`connection_endpoint::confirm`). Called before all other functions.
  virtual void opened(const std::weak_ptr<connection_endpoint>& /*at*/) {}

  /// The connection is up. Comes before any push. With a broker in another process it comes again
  /// after each interruption.
  virtual void attached(const connect_receipt& receipt) = 0;

  /// A remote broker is out of reach, and the client looks for it. Unacknowledged deliveries come
  /// again.
  virtual void interrupted(const goodbye& /*why*/) {}

  virtual flow take(const push& what) = 0;

  /// The connection has ended for this sink. Nothing comes after it.
  virtual void ended(const goodbye& why) = 0;

  /// Whether the sink itself counts its queued bytes in the broker's `output_budget` while it has
  /// them. Otherwise the connection counts them until they are confirmed.
  virtual bool counts_its_queue() const { return false; }

  /// The actor whose end is this sink's end, if there is one.
  virtual caf::strong_actor_ptr watched() const { return nullptr; }

  /// Gives the sink the connection's handle. A sink that is an actor gets its messages in the name
  /// of this handle. Other sinks ignore it.
  virtual void set_connection(const caf::strong_actor_ptr& /*connection*/) {}
};

} // namespace restante
