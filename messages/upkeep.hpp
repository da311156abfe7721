#pragma once

#include "restante/messages/ids.hpp"

#include <cstdint>
#include <string>

namespace restante {

/// The messages between a shard and its children: counts, deadlines, retirement. A child is named
/// by the number that its shard gave it, so no message holds a handle.

/// Tells a shard that a child holds nothing. The child may end if it has handled every message that
/// the shard forwarded to it.
///
/// Sent by: child. Accepted by: its shard. Replies: `retire`, if `handled` is the number of
/// messages that the shard has forwarded. Otherwise none, and the child asks again later.
/// Repeating it: harmless. Ordering: none, the count decides. Lives: until handled.
struct child_idle {
  route_number route = 0;
  std::uint64_t child = 0;
  std::uint64_t handled = 0;

  bool operator==(const child_idle&) const = default;
};
BOOST_DESCRIBE_STRUCT(child_idle, (), (route, child, handled))

/// Tells a shard the earliest deadline of a child. Sent when the deadline moves earlier, and after
/// each `child_due`.
///
/// Sent by: child. Accepted by: its shard. Replies: child_due, when the deadline has come.
/// Repeating it: harmless. Ordering: the last one counts. Lives: until the deadline.
struct child_deadline {
  route_number route = 0;
  std::uint64_t child = 0;
  instant at; ///< `never`: there is no deadline
  std::uint64_t dues_handled = 0;

  bool operator==(const child_deadline&) const = default;
};
BOOST_DESCRIBE_STRUCT(child_deadline, (), (route, child, at, dues_handled))

/// Tells a shard that a handler of the child threw. The child answers `internal` to every message
/// that is still on its way, and must get no more.
///
/// Sent by: child. Accepted by: its shard, which forgets the child. Replies: `retire`.
/// Repeating it: harmless. Ordering: none. Lives: until handled.
struct child_crashed {
  route_number route = 0;
  std::uint64_t child = 0;

  bool operator==(const child_crashed&) const = default;
};
BOOST_DESCRIBE_STRUCT(child_crashed, (), (route, child))

/// Tells a child that its deadline has come.
///
/// Sent by: shard. Accepted by: child. Replies: child_deadline. Repeating it: finds nothing due.
/// Ordering: it counts as a forwarded message. Lives: until handled.
struct child_due {
  bool operator==(const child_due&) const = default;
};
BOOST_DESCRIBE_STRUCT(child_due, (), ())

/// Tells a child to end.
///
/// Sent by: shard. Accepted by: child. Replies: none. Repeating it: sent once. Ordering: the last
/// message. Lives: until handled.
struct retire {
  bool operator==(const retire&) const = default;
};
BOOST_DESCRIBE_STRUCT(retire, (), ())

/// A shard's alarm. Sent by: the shard, delayed, to itself. Accepted by: itself. Replies: none.
/// Repeating it: finds nothing due. Lives: until `armed_for`.
struct shard_due {
  instant armed_for;

  bool operator==(const shard_due&) const = default;
};
BOOST_DESCRIBE_STRUCT(shard_due, (), (armed_for))

/// Tells a shard how old the oldest delivered record of a client is, so that the shard knows where
/// memory can be freed (spec N18).
///
/// Sent by: client, when it has its first delivered record, and after each `trim_records`. Accepted
/// by: its shard. Replies: none. Repeating it: harmless. Ordering: the last one counts. Before the
/// next one, the real instant may be later than `oldest`, but never earlier. Lives: until handled.
struct child_records {
  route_number route = 0;
  std::uint64_t child = 0;
  instant oldest; ///< when the oldest record was delivered; `never`: there is none
  std::uint64_t trims_handled = 0;

  bool operator==(const child_records&) const = default;
};
BOOST_DESCRIBE_STRUCT(child_records, (), (route, child, oldest, trims_handled))

/// Which memory bound: that of one namespace or that of the whole broker.
enum class memory_scope : std::uint8_t { one_namespace, whole };

/// Asks to free memory: delivered records from before an instant are forgotten until there is room
/// (N18).
///
/// Sent by: the actor that meets a bound, to the shard with the oldest records, which passes it to
/// the clients that have them. Accepted by: client shard, client. Replies: child_records, from a
/// client. When its clients have answered, the shard passes the message to the next shard.
/// Repeating it: frees less. Ordering: it counts as a forwarded message. Lives: until handled.
/// There is one at a time for each bound.
struct trim_records {
  instant older_than;
  memory_scope scope = memory_scope::whole;
  std::string ns; ///< of `one_namespace`

  bool operator==(const trim_records&) const = default;
};
BOOST_DESCRIBE_STRUCT(trim_records, (), (older_than, scope, ns))

/// Ends a shard and its children (spec C6).
///
/// Sent by: the broker. Accepted by: shard. Replies: none; the broker counts its actors. Repeating
/// it: harmless. Ordering: after all accepted work. Lives: until handled.
struct stop_shard {
  bool operator==(const stop_shard&) const = default;
};
BOOST_DESCRIBE_STRUCT(stop_shard, (), ())

} // namespace restante
