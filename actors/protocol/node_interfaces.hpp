#pragma once

#include "restante/actors/protocol/interfaces.hpp"

// The handles of a node. A peer at another node sends to its node session, which serves a
// connection as a WebSocket session does. The peer also knows the typed handle of its connection
// actor.

namespace restante {

/// The actor that a broker publishes for trusted peers (spec W9).
using node_listener_actor = typed<      //
    answers<greet_node, node_greeting>, // it is alive
    accepts<attach_peer>>;              // a node session for the sender

/// The node session: one for each attached peer, at the broker's node.
using node_session_actor = typed< //
    accepts<peer_requests>,       // operations, acks, credit
    accepts<output_ready>,        // sends the output that waits
    accepts<stop_shard>>;         // the node stops

/// The node client: one for each connection, at the peer's node.
using node_client_actor = typed< //
    accepts<attached_as>,        // the connection's handle is the sender
    accepts<peer_updates>,       // outcomes and pushes
    accepts<output_ready>,       // sends the output that waits in its link
    accepts<node_client_due>>;   // an alarm

} // namespace restante
