#pragma once

#include "restante/messages/notification.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace restante {

/// The row of a notification in the journal of its hash slot. The journal assigns growing numbers
/// and never reuses one. 0: the notification is not in a journal.
using row_number = std::uint64_t;

using slot_number = std::uint32_t;

/// A notification as the journal keeps it: everything that is needed to restore it after a restart.
struct kept_notification {
  row_number row = 0; ///< assigned by the journal, in the order of acceptance
  client_address to;
  trace_id trace;
  std::string from;
  identity by = identity::client;
  body pack;
  notification_kind kind = notification_kind::plain;
  receipts want = receipts::none;
  std::string message_id;
  std::string collapse_key;
  instant created_at;
  instant due_at; ///< zero: at once (spec N16)
  instant expires_at;
  instant delivered_at; ///< zero: not delivered
  instant replied_at;   ///< zero: no reply
  body reply;
  std::uint32_t attempts = 0;

  bool operator==(const kept_notification&) const = default;
};
BOOST_DESCRIBE_STRUCT(kept_notification, (),
                      (row, to, trace, from, by, pack, kind, want, message_id, collapse_key,
                       created_at, due_at, expires_at, delivered_at, replied_at, reply, attempts))

/// How often a notification was offered, with the offer that is about to be made.
struct kept_attempts {
  row_number row = 0;
  std::uint32_t attempts = 0;

  bool operator==(const kept_attempts&) const = default;
};
BOOST_DESCRIBE_STRUCT(kept_attempts, (), (row, attempts))

struct kept_reply {
  row_number row = 0;
  body value;
  instant replied_at;

  bool operator==(const kept_reply&) const = default;
};
BOOST_DESCRIBE_STRUCT(kept_reply, (), (row, value, replied_at))

/// Changes to the notifications of one client. They are committed together or not at all, and take
/// effect in the order of these members.
/// Sent by: client. Accepted by: journal. Replies: one changes_committed or changes_failed for each
/// journal_changes, in the order of sending. Repeating it: puts would be stored twice; the other
/// changes are harmless. Ordering: the changes of one client are stored in the order of sending.
/// Lives: until answered.
struct journal_changes {
  slot_number slot = 0;
  client_address client;
  std::vector<kept_notification> puts; ///< the journal assigns their rows, one after another
  std::vector<kept_attempts> offered;
  std::vector<row_number> delivered;
  instant delivered_at; ///< of all rows in `delivered`
  std::vector<kept_reply> replies;
  std::vector<row_number> gone; ///< rows that were evicted, collapsed, expired or forgotten

  bool operator==(const journal_changes&) const = default;
};
BOOST_DESCRIBE_STRUCT(journal_changes, (),
                      (slot, client, puts, offered, delivered, delivered_at, replies, gone))

/// The parts of a notification that are kept beside the put. Each part is written on its own, so
/// that an offer does not write the reply a second time.
enum class kept_part : std::uint8_t { progress, reply };
inline constexpr std::size_t kept_parts = 2;

/// One change to a notification that is kept already.
struct later_change {
  row_number row = 0;
  kept_part part = kept_part::progress;
  std::uint64_t bytes = 0; ///< about the memory that the change takes until it is committed
};

/// Visits the later changes of notifications that are kept already, in the order in which they take
/// effect. `gone` takes effect after all of them and is not visited. Calls `visit(later_change,
/// apply)`, where `apply` makes the change to a kept_notification. All code that applies or counts
/// changes uses this function.
template <class Visit>
void for_each_later(const journal_changes& what, Visit visit) {
  for (const auto& offered : what.offered)
    visit(later_change{offered.row, kept_part::progress, sizeof offered},
          [&offered](kept_notification& kept) { kept.attempts = offered.attempts; });
  for (const auto row : what.delivered)
    visit(later_change{row, kept_part::progress, sizeof row},
          [&what](kept_notification& kept) { kept.delivered_at = what.delivered_at; });
  for (const auto& reply : what.replies) {
    visit(later_change{reply.row, kept_part::reply, sizeof reply + reply.value.size()},
          [&reply](kept_notification& kept) {
            kept.reply = reply.value;
            kept.replied_at = reply.replied_at;
          });
  }
}

/// The number of changes.
std::uint64_t size_of(const journal_changes& what);

/// About how many bytes the changes occupy until they are committed.
std::uint64_t bytes_of(const journal_changes& what);

/// Tells a client that its changes are on disk (spec D1).
///
/// Sent by: journal. Accepted by: client. Replies: none. Repeating it: never.
/// Ordering: in the order of the journal_changes. Lives: until handled.
struct changes_committed {
  row_number first_put = 0; ///< the row of the first put; the other puts have the next rows

  bool operator==(const changes_committed&) const = default;
};
BOOST_DESCRIBE_STRUCT(changes_committed, (), (first_put))

/// Tells a client that none of its changes is on disk (spec D3).
///
/// Sent by: journal. Accepted by: client. Replies: none. Repeating it: never. Ordering: in the
/// order of the journal_changes. Lives: until handled.
struct changes_failed {
  errc code = errc::storage_failed;

  bool operator==(const changes_failed&) const = default;
};
BOOST_DESCRIBE_STRUCT(changes_failed, (), (code))

/// Asks for the kept notifications of a slot, row by row (spec D2).
///
/// Sent by: client shard. Accepted by: journal. Replies: kept_view, when it is this slot's turn.
/// Repeating it: the journal answers again. Ordering: none. Lives: until answered.
struct get_kept {
  slot_number slot = 0;
  row_number after = 0;

  bool operator==(const get_kept&) const = default;
};
BOOST_DESCRIBE_STRUCT(get_kept, (), (slot, after))

/// Tells that an operation waits for a slot: the journal restores this slot first (spec D2).
///
/// Sent by: client shard. Accepted by: journal. Replies: none. Repeating it: harmless.
/// Ordering: none. Lives: until the slot is restored.
struct hurry_slot {
  slot_number slot = 0;

  bool operator==(const hurry_slot&) const = default;
};
BOOST_DESCRIBE_STRUCT(hurry_slot, (), (slot))

/// The number of rows of a namespace that were left out because they have expired (spec N8).
struct kept_expired {
  std::string ns;
  std::uint64_t rows = 0;

  bool operator==(const kept_expired&) const = default;
};
BOOST_DESCRIBE_STRUCT(kept_expired, (), (ns, rows))

/// A part of the kept notifications of a slot, in the order of the rows; or the reason why the slot
/// cannot be read.
///
/// Sent by: journal. Accepted by: client shard. Replies: get_kept, unless this is the last part.
/// Repeating it, ordering: one kept_view answers one get_kept. Lives: until handled.
struct kept_view {
  slot_number slot = 0;
  std::vector<kept_notification> notifications;
  std::vector<kept_expired> expired;
  row_number last = 0; ///< the row after which the next part begins; 0: this is the last part
  errc code = errc::none;

  bool operator==(const kept_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(kept_view, (), (slot, notifications, expired, last, code))

/// A part of the kept notifications of one client, in the order of the rows (spec D2).
///
/// Sent by: client shard. Accepted by: client. Replies: none. Repeating it: the shard sends each
/// part once. Ordering: before any other message. Lives: until handled.
struct restore_notifications {
  std::vector<kept_notification> notifications;

  bool operator==(const restore_notifications&) const = default;
};
BOOST_DESCRIBE_STRUCT(restore_notifications, (), (notifications))

/// Tells a client that the restore is complete.
///
/// Sent by: client shard. Accepted by: client. Replies: none. Repeating it: the shard sends it
/// once. Ordering: after the last restore_notifications, before any other message. Lives: until
/// handled.
struct restore_done {
  bool operator==(const restore_done&) const = default;
};
BOOST_DESCRIBE_STRUCT(restore_done, (), ())

/// Ends the journal when all changes that were sent to it are on disk (spec C6).
///
/// Sent by: the broker. Accepted by: journal. Replies: none. Repeating it: the broker sends it
/// once. Ordering: the last message. Lives: until handled.
struct stop_journal {
  bool operator==(const stop_journal&) const = default;
};
BOOST_DESCRIBE_STRUCT(stop_journal, (), ())

/// A message of the journal to itself. It arrives after the changes that are waiting in the
/// mailbox, so that they are committed together.
///
/// Sent by, accepted by: journal. Replies: none. Lives: until handled.
struct commit_due {
  bool operator==(const commit_due&) const = default;
};
BOOST_DESCRIBE_STRUCT(commit_due, (), ())

/// A message of the journal to itself: when no change waits for a commit, the journal reads the
/// next part of a slot.
///
/// Sent by, accepted by: journal. Replies: none. Lives: until handled.
struct restore_due {
  bool operator==(const restore_due&) const = default;
};
BOOST_DESCRIBE_STRUCT(restore_due, (), ())

/// A message of the journal to itself: when no change waits for a commit, the journal tidies its
/// store.
///
/// Sent by, accepted by: journal. Replies: none. Lives: until handled.
struct upkeep_due {
  bool operator==(const upkeep_due&) const = default;
};
BOOST_DESCRIBE_STRUCT(upkeep_due, (), ())

} // namespace restante
