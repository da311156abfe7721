#pragma once

#include "restante/messages/command.hpp"
#include "restante/messages/limits.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace restante {

// The messages between nodes (spec W9). CAF has no back-pressure between nodes, so both sides
// count: the broker's credit bounds operations, and `node_window_bytes` bounds updates.

/// How many bytes may be sent to a peer that has not processed them yet. A peer that stops reading
/// costs at most these bytes and the output bound of its connection.
inline constexpr std::size_t node_window_bytes = std::size_t{1} << 20;

/// The version of the messages between nodes. It is raised when these messages change.
inline constexpr std::uint32_t node_version = 3;

/// Asks whether a node listener is alive, and which version it speaks.
///
/// Sent by: node client, because CAF may hand out the listener of a broker that is gone. Accepted
/// by: node listener. Replies: node_greeting. Repeating it: harmless. Lives: until the answer.
struct greet_node {
  std::uint32_t version = node_version;

  bool operator==(const greet_node&) const = default;
};
BOOST_DESCRIBE_STRUCT(greet_node, (), (version))

struct node_greeting {
  std::uint32_t version = node_version;

  bool operator==(const node_greeting&) const = default;
};
BOOST_DESCRIBE_STRUCT(node_greeting, (), (version))

/// Attaches a peer and fixes its identity.
///
/// Sent by: node client. Accepted by: node listener, which makes a node session for it. Replies:
/// attached_as and peer_updates, from that node session; a refusal is a goodbye in peer_updates.
/// Repeating it: makes a second connection, which takes over (spec C2). Ordering: none. Lives:
/// until the node client is gone.
struct attach_peer {
  attachment_kind how = attachment_kind::attached;
  client_address client;
  std::uint32_t inflight = inflight_max;
  duration resume_window{0};
  trace_id resume;

  bool operator==(const attach_peer&) const = default;
};
BOOST_DESCRIBE_STRUCT(attach_peer, (), (how, client, inflight, resume_window, resume))

/// Tells a peer which actor is its connection: the sender of this message.
///
/// Sent by: node session, in the connection's name. Accepted by: node client. Replies: none.
/// Repeating it: the last one counts. Ordering: before the first peer_updates.
/// Lives: until handled.
struct attached_as {
  bool operator==(const attached_as&) const = default;
};
BOOST_DESCRIBE_STRUCT(attached_as, (), ())

/// An operation, with a number that the peer chose. 0: the peer wants no answer.
struct numbered_command {
  operation_number op = 0;
  command what;

  bool operator==(const numbered_command&) const = default;
};
BOOST_DESCRIBE_STRUCT(numbered_command, (), (op, what))

/// Whether a peer stays or leaves.
enum class peer_intent : std::uint8_t { stays, leaves };

/// The messages that a peer has gathered: operations, acknowledgements, and how many updates it has
/// processed.
///
/// Sent by: node client. Accepted by: its node session. Replies: outcomes in peer_updates, in any
/// order. Repeating it: never; after a reconnect, only operations are sent again. Ordering:
/// operations in the order in which the program asked for them. Lives: until handled.
struct peer_requests {
  std::vector<numbered_command> operations;
  std::vector<trace_id> acks;
  std::uint64_t done = 0; ///< how many more updates the peer has processed
  peer_intent intent = peer_intent::stays;

  bool operator==(const peer_requests&) const = default;
};
BOOST_DESCRIBE_STRUCT(peer_requests, (), (operations, acks, done, intent))

/// The outcome of an operation.
struct peer_outcome {
  operation_number op = 0;
  answer_value what;

  bool operator==(const peer_outcome&) const = default;
};
BOOST_DESCRIBE_STRUCT(peer_outcome, (), (op, what))

/// A push.
struct peer_push {
  push what;

  bool operator==(const peer_push&) const = default;
};
BOOST_DESCRIBE_STRUCT(peer_push, (), (what))

/// One update to a peer: an outcome, a push, the result of its connect, or its goodbye.
struct peer_update {
  std::variant<peer_outcome, peer_push, connect_receipt, goodbye> what;

  bool operator==(const peer_update&) const = default;
};
BOOST_DESCRIBE_STRUCT(peer_update, (), (what))

/// The updates that a node session has gathered for its peer, in the order in which they arose.
///
/// Sent by: node session. Accepted by: node client. Replies: `done` in a later peer_requests.
/// Repeating it: not done. Ordering: an answer stands before the events that follow it.
/// Lives: until handled.
struct peer_updates {
  std::vector<peer_update> updates;

  bool operator==(const peer_updates&) const = default;
};
BOOST_DESCRIBE_STRUCT(peer_updates, (), (updates))

/// Tells a node session, or a node client, that output waits to be sent.
///
/// Sent by: the thread that added it. Accepted by: node session, node client. Replies: none.
/// Repeating it: finds no output. Lives: until handled.
struct output_ready {
  bool operator==(const output_ready&) const = default;
};
BOOST_DESCRIBE_STRUCT(output_ready, (), ())

/// A node client's alarm. Sent by: itself, delayed. Accepted by: node client. Replies: none.
/// Repeating it: finds nothing due. Lives: until `armed_for`.
struct node_client_due {
  instant armed_for;

  bool operator==(const node_client_due&) const = default;
};
BOOST_DESCRIBE_STRUCT(node_client_due, (), (armed_for))

} // namespace restante
