#pragma once

#include "restante/messages/command.hpp"
#include "restante/messages/limits.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace restante {

// What nodes say to each other (spec W9). CAF gives no back-pressure between nodes, so both
// sides count: operations by the credit of the broker, what is heard by `node_window_bytes`.

/// What a peer may have been sent and not be done with: a stopped one costs so much and the
/// output of its connection, not all that happens meanwhile.
inline constexpr std::size_t node_window_bytes = std::size_t{1} << 20;

/// Grows when nodes would no longer understand each other.
inline constexpr std::uint32_t node_version = 2;

/// Asks whether an entry is alive, and which language it speaks.
///
/// Sent by: attendant, because CAF may hand out the entry of a broker that is gone. Accepted
/// by: entry. Replies: node_greeting. Repeating it: harmless. Lives: until the answer.
struct greet_node {
  std::uint32_t version = node_version;

  bool operator==(const greet_node&) const = default;
};

struct node_greeting {
  std::uint32_t version = node_version;

  bool operator==(const node_greeting&) const = default;
};

/// Attaches a peer: binds who it is, once and for all.
///
/// Sent by: attendant. Accepted by: entry, which makes a porter for it. Replies:
/// attached_as and peer_hears of that porter; a refusal is a goodbye in it.
/// Repeating it: a second connection, which takes over (spec C2). Ordering: none.
/// Lives: until the attendant is gone.
struct attach_peer {
  standing how = standing::attached;
  client_address client;
  std::uint32_t inflight = inflight_max;
  duration resume_window{0};
  trace_id resume;

  bool operator==(const attach_peer&) const = default;
};

/// Tells a peer its connection actor, which is the sender.
///
/// Sent by: porter, in the connection's name. Accepted by: attendant. Replies: none.
/// Repeating it: the last one counts. Ordering: before the first peer_hears.
/// Lives: until handled.
struct attached_as {
  bool operator==(const attached_as&) const = default;
};

/// An operation, by the peer's own number; 0: it wants no answer.
struct numbered_command {
  operation_number op = 0;
  command what;

  bool operator==(const numbered_command&) const = default;
};

/// Whether a peer goes.
enum class peer_intent : std::uint8_t { stays, leaves };

/// What a peer has gathered: operations, acknowledgements, and how much it is done with.
///
/// Sent by: attendant. Accepted by: its porter. Replies: outcomes in peer_hears, in any
/// order. Repeating it: not done, but for operations after a reconnect. Ordering:
/// operations in the order they were asked for. Lives: until handled.
struct peer_says {
  std::vector<numbered_command> operations;
  std::vector<trace_id> acks;
  std::uint64_t done = 0; ///< this many more of the words heard
  peer_intent intent = peer_intent::stays;

  bool operator==(const peer_says&) const = default;
};

/// What an operation came to.
struct outcome_word {
  operation_number op = 0;
  answer_value what;

  bool operator==(const outcome_word&) const = default;
};

/// What comes unasked.
struct push_word {
  push what;

  bool operator==(const push_word&) const = default;
};

/// One thing a peer is told.
struct peer_word {
  std::variant<outcome_word, push_word, connect_receipt, goodbye> what;

  bool operator==(const peer_word&) const = default;
};

/// What a porter has gathered for its peer, in the order in which it happened.
///
/// Sent by: porter. Accepted by: attendant. Replies: `done` in a later peer_says.
/// Repeating it: not done. Ordering: an answer stands before the events that follow it.
/// Lives: until handled.
struct peer_hears {
  std::vector<peer_word> words;

  bool operator==(const peer_hears&) const = default;
};

/// Something waits to be sent to a peer, or from one.
///
/// Sent by: whoever put it there. Accepted by: porter, attendant. Replies: none.
/// Repeating it: finds nothing. Lives: until handled.
struct node_knock {
  bool operator==(const node_knock&) const = default;
};

/// An attendant's alarm. Sent by: the same, delayed. Accepted by: attendant. Replies: none.
/// Repeating it: finds nothing due. Lives: until `armed_for`.
struct attendant_due {
  instant armed_for;

  bool operator==(const attendant_due&) const = default;
};

} // namespace restante

#include "restante/messages/node_inspect.hpp"
