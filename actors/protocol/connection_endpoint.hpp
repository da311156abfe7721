#pragma once

#include "restante/actors/model/rights.hpp"
#include "restante/actors/protocol/interfaces.hpp"
#include "restante/messages/command.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace restante {

/// Called once with the outcome: by the connection, or, if the endpoint is closed or full, by the
/// caller's own thread before `submit` returns.
using completion = std::function<void(answer_value&&)>;

/// How a connection's owner leaves.
enum class departure : std::uint8_t {
  none,
  lost,     ///< without a message: a closed socket, a killed process
  left,     ///< a clean disconnect
  shutdown, ///< the broker stops
  at_once,  ///< the broker waits no longer: operations under way fail
};

/// Takes the operations of one connection, wherever its broker is: an `inbox` in this process, a
/// `link` for a broker in another process. Safe from any thread.
class connection_endpoint {
public:
  virtual ~connection_endpoint() = default;

  /// Submits an operation. It completes at once with `stale_connection`, `shutting_down` or
  /// `overloaded` if it cannot be accepted.
  virtual void submit(command what, completion done) = 0;

  /// Tells how the owner leaves. A later call counts only if it is stronger, as `shutdown` after
  /// `left`.
  virtual void depart(departure how) = 0;

  /// Confirms the `n` oldest pushes that the sink answered with `waiting`. For sinks that are not
  /// actors.
  virtual void confirm(std::size_t n = 1) = 0;

  /// Sets the rights for every operation submitted from now on; null: all rights. Has no effect at
  /// a broker in another process, which keeps the rights of its clients itself.
  virtual void change_rights(std::shared_ptr<const model::rights> /*rights*/) {}

  /// The connection's typed handle; null if there is none, or none yet.
  virtual connection_actor actor() const { return {}; }
};

} // namespace restante
