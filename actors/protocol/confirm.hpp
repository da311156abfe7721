#pragma once

#include "restante/actors/protocol/tell_connection.hpp"

#include <cstddef>

namespace restante {

// For an actor that takes a connection's output (`sink_actor`). When the actor is done with a push,
// it confirms it: each delivery, topic_events, entries_view, entry_ended, client_presence and
// notification_step, in the order in which they came, but not connect_receipt and goodbye. With
// `ack_mode::automatic` the confirmation acknowledges a delivery. Unconfirmed pushes count as
// queued output: beyond its limit the connection sends no more events, and sends a fresh snapshot
// later.

/// Confirms the push that `self` handles now. Call it only inside the handler.
template <class Self>
void confirm(Self* self) {
  tell_connection(self, dialect::sender_of(self), push_taken{});
}

/// Confirms the `n` oldest pushes of a connection later. `from` is the value of
/// `self->current_sender()` in the handler of the push.
template <class Self>
void confirm(Self* self, const caf::strong_actor_ptr& from, std::size_t n = 1) {
  for (; n > 0; --n)
    tell_connection(self, from, push_taken{});
}

} // namespace restante
