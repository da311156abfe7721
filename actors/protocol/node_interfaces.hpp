#pragma once

#include "restante/actors/protocol/interfaces.hpp"

// The handles of the node. A peer at another node speaks to a node session, which stands to a
// connection as a WebSocket's session does, and knows its connection actor's typed handle.

namespace restante {

/// The actor that a broker publishes for trusted peers (spec W9).
using node_listener_actor = typed<      //
    answers<greet_node, node_greeting>, // it is alive
    accepts<attach_peer>>;              // a node session for the sender

/// One per attached peer, at the broker's node.
using node_session_actor = typed< //
    accepts<peer_requests>,       // operations, acks, credit
    accepts<output_ready>,        // looks at its box
    accepts<stop_shard>>;         // the node stops

/// One per connection, at the peer's node.
using node_client_actor = typed< //
    accepts<attached_as>,        // the connection's handle is the sender
    accepts<peer_updates>,       // outcomes and pushes
    accepts<output_ready>,       // its link has something
    accepts<node_client_due>>;   // an alarm

} // namespace restante
