#pragma once

#include "restante/actors/protocol/interfaces.hpp"

#include <type_traits>
#include <utility>

// Sending to a connection. Clients, topics and shards know a connection only as the sender of an
// earlier message: these functions accept the messages that `connection_inside` handles, and
// nothing else.

namespace restante {

/// Sends to a connection. Does nothing if `to` is null.
template <class Self, class Message>
void tell_connection(Self* self, const caf::strong_actor_ptr& to, Message&& message) {
  dialect::tell_peer<connection_inside>(self, to, std::forward<Message>(message));
}

/// Sends to one of many connections that share the message.
template <class Self, class Message>
void tell_connection_shared(Self* self, const caf::strong_actor_ptr& to,
                            const dialect::shared_message<Message>& message) {
  dialect::tell_shared<connection_inside>(self, to, message);
}

/// Sends to a connection in the name of another connection, which the message is about.
template <class Self, class Message>
void tell_connection_as(Self* self, const caf::strong_actor_ptr& sender,
                        const caf::strong_actor_ptr& to, Message&& message) {
  static_assert(dialect::is_told<connection_inside, std::remove_cvref_t<Message>>,
                "A connection does not handle this.");
  dialect::tell_as(self, sender, to, std::forward<Message>(message));
}

} // namespace restante
