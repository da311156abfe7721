#pragma once

#include "restante/messages/attachment.hpp"
#include "restante/messages/ephemeral.hpp"
#include "restante/messages/notification.hpp"

#include <caf/all.hpp>

#include <cstddef>
#include <memory>
#include <variant>

namespace restante {

class door;

/// What a connection hands out unasked. Cheap to copy: payloads and batches are shared.
using push = std::variant<delivery, topic_events, entries_view, entry_ended, client_presence,
                          notification_step>;

/// About how many bytes of output a push is: what queued output is counted by (spec E14).
std::size_t size_of(const push& what);

/// What became of a push.
enum class flow : std::uint8_t {
  taken,   ///< the sink is done with it
  waiting, ///< the sink has it in a queue of its own and confirms it later, in order
};

/// Where a connection's output goes: an actor, a callback, a WebSocket session. Called by
/// the connection only, one call at a time. One that throws has failed: its connection
/// ends, and nothing else (spec C7).
class sink {
public:
  virtual ~sink() = default;

  /// The door behind which this sink is: where one that says `flow::waiting` confirms
  /// later (`door::confirm`). Comes first.
  virtual void opened(const std::weak_ptr<door>& /*at*/) {}

  /// The connection is up. Comes before any push.
  virtual void attached(const connect_receipt& receipt) = 0;

  virtual flow take(const push& what) = 0;

  /// The connection has ended for this sink. Nothing comes after it.
  virtual void ended(const goodbye& why) = 0;

  /// The actor whose end is this sink's end, if there is one.
  virtual caf::strong_actor_ptr watched() const { return nullptr; }

  /// Tells the sink in whose name to send: only for a sink that is an actor.
  virtual void speak_as(const caf::strong_actor_ptr& /*connection*/) {}
};

} // namespace restante
