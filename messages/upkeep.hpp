#pragma once

#include "restante/messages/ids.hpp"

#include <cstdint>
#include <string>

namespace restante {

/// How a shard and its children keep each other: counts, deadlines, retirement. A child
/// is named by the number its shard gave it, so that no message holds a handle.

/// Says that a child holds nothing and may go, if it has handled all it was sent.
///
/// Sent by: child. Accepted by: its shard. Replies: `retire`, when `handled` is the
/// number the shard has forwarded; else nothing, and the child asks again later.
/// Repeating it: harmless. Ordering: none, the count decides. Lives: until handled.
struct child_idle {
  route_number route = 0;
  std::uint64_t child = 0;
  std::uint64_t handled = 0;

  bool operator==(const child_idle&) const = default;
};
BOOST_DESCRIBE_STRUCT(child_idle, (), (route, child, handled))

/// Says that a child's earliest deadline is now this one. Told when it moves earlier,
/// and after each `child_due`.
///
/// Sent by: child. Accepted by: its shard. Replies: child_due when it has come.
/// Repeating it: harmless. Ordering: the last one counts. Lives: until the deadline.
struct child_deadline {
  route_number route = 0;
  std::uint64_t child = 0;
  instant at; ///< never: none
  std::uint64_t dues_handled = 0;

  bool operator==(const child_deadline&) const = default;
};
BOOST_DESCRIBE_STRUCT(child_deadline, (), (route, child, at, dues_handled))

/// Says that a handler threw: the child answers `internal` to all that is still on its
/// way and must get no more.
///
/// Sent by: child. Accepted by: its shard, which forgets it. Replies: `retire`.
/// Repeating it: harmless. Ordering: none. Lives: until handled.
struct child_crashed {
  route_number route = 0;
  std::uint64_t child = 0;

  bool operator==(const child_crashed&) const = default;
};
BOOST_DESCRIBE_STRUCT(child_crashed, (), (route, child))

/// Tells a child that its deadline has come.
///
/// Sent by: shard. Accepted by: child. Replies: child_deadline. Repeating it: finds
/// nothing due. Ordering: counts among what was forwarded. Lives: until handled.
struct child_due {
  bool operator==(const child_due&) const = default;
};
BOOST_DESCRIBE_STRUCT(child_due, (), ())

/// Tells a child to end. Sent by: shard. Accepted by: child. Replies: none.
/// Repeating it: not possible. Ordering: the last it hears. Lives: until handled.
struct retire {
  bool operator==(const retire&) const = default;
};
BOOST_DESCRIBE_STRUCT(retire, (), ())

/// A shard's alarm. Sent by: the shard, delayed, to itself. Accepted by: the same.
/// Replies: none. Repeating it: finds nothing due. Lives: until `armed_for`.
struct shard_due {
  instant armed_for;

  bool operator==(const shard_due&) const = default;
};
BOOST_DESCRIBE_STRUCT(shard_due, (), (armed_for))

/// Says how old the oldest delivered record of a client is, so that its shard knows where to look
/// when memory must be freed (spec N18).
///
/// Sent by: client, when it has its first delivered record, and after each `trim_records`.
/// Accepted by: its shard. Replies: none. Repeating it: harmless. Ordering: the last one counts.
/// Until it says so again the real instant may be later, never earlier. Lives: until handled.
struct child_records {
  route_number route = 0;
  std::uint64_t child = 0;
  instant oldest; ///< when that one was delivered; never: there is none
  std::uint64_t trims_handled = 0;

  bool operator==(const child_records&) const = default;
};
BOOST_DESCRIBE_STRUCT(child_records, (), (route, child, oldest, trims_handled))

/// Whose bound is meant: that of one namespace or that of the whole broker.
enum class memory_scope : std::uint8_t { one_namespace, whole };

/// Asks for memory: delivered records from before an instant must go until there is room (N18).
///
/// Sent by: whoever meets a bound, to the shard that has the oldest ones, which passes it to those
/// of its clients that have them. Accepted by: client shard, client. Replies: a client says
/// child_records; the shard goes on with the next shard when its clients have. Repeating it: finds
/// less. Ordering: counts among what was forwarded. Lives: until handled; one at a time for each
/// bound.
struct trim_records {
  instant older_than;
  memory_scope scope = memory_scope::whole;
  std::string ns; ///< of `one_namespace`

  bool operator==(const trim_records&) const = default;
};
BOOST_DESCRIBE_STRUCT(trim_records, (), (older_than, scope, ns))

/// Ends a shard and its children (spec C6). Sent by: the broker. Accepted by: shard.
/// Replies: none; the broker counts its actors. Repeating it: harmless.
/// Ordering: behind all accepted work. Lives: until handled.
struct stop_shard {
  bool operator==(const stop_shard&) const = default;
};
BOOST_DESCRIBE_STRUCT(stop_shard, (), ())

} // namespace restante
