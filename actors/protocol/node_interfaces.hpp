#pragma once

#include "restante/actors/protocol/interfaces.hpp"

// The handles of the node. A peer at another node speaks to a porter, which stands to a
// connection as a WebSocket's session does, and knows its connection actor's typed handle.

namespace restante {

/// What a broker publishes: the way in for trusted peers (spec W9).
using entry_actor = typed<              //
    answers<greet_node, node_greeting>, // it is alive
    accepts<attach_peer>>;              // a porter for the sender

/// One per attached peer, at the broker's node.
using porter_actor = typed< //
    accepts<peer_says>,     // operations, acks, credit
    accepts<node_knock>,    // looks at its box
    accepts<stop_shard>>;   // the node stops

/// One per connection, at the peer's node.
using attendant_actor = typed< //
    accepts<attached_as>,      // the connection's handle is the sender
    accepts<peer_hears>,       // outcomes and pushes
    accepts<node_knock>,       // its link has something
    accepts<attendant_due>>;   // an alarm

} // namespace restante
