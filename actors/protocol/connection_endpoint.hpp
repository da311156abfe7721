#pragma once

#include "restante/actors/model/rights.hpp"
#include "restante/actors/protocol/interfaces.hpp"
#include "restante/messages/command.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace restante {

/// Called once with the outcome: by the connection, or, where the way in is shut or full,
/// by the caller's own thread before `submit` returns.
using completion = std::function<void(answer_value&&)>;

/// How a connection's owner leaves.
enum class departure : std::uint8_t {
  none,
  lost,     ///< without a word: a closed socket, a killed process
  left,     ///< a clean disconnect
  shutdown, ///< the broker stops
  at_once,  ///< it has waited long enough: what is under way fails
};

/// The way into a connection, wherever its broker is: in this process an `inbox`, in another
/// one a link. Used from any thread.
class connection_endpoint {
public:
  virtual ~connection_endpoint() = default;

  /// Hands in an operation. Completed at once with `stale_connection`, `shutting_down` or
  /// `overloaded` when it cannot be taken.
  virtual void submit(command what, completion done) = 0;

  /// Says how the owner leaves; later word changes nothing, but for a harder one.
  virtual void depart(departure how) = 0;

  /// A sink is done with its `n` oldest pushes that were `waiting`. For sinks that are no
  /// actors.
  virtual void confirm(std::size_t n = 1) = 0;

  /// These rights count for every operation handed in from now on; null: everything. Changes
  /// nothing at a broker elsewhere, which keeps its clients' rights itself.
  virtual void change_rights(std::shared_ptr<const model::rights> /*rights*/) {}

  /// The connection's typed handle; null where there is none, or none yet.
  virtual connection_actor actor() const { return {}; }
};

} // namespace restante
