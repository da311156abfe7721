#pragma once

#include "restante/broker/journal/layout.hpp"
#include "restante/broker/journal/table.hpp"
#include "restante/messages/clock_note.hpp"

#include <array>
#include <utility>

/// The only list of the database's columns. Schema, statements, reader, checksums, repair and the
/// upgrade of older versions follow from these lists; docs/journal.md says how they may grow.
namespace restante::journal::tables {

using enum column_type;

/// The version in the header of the database. A directory of an older version is upgraded.
inline constexpr std::uint32_t version = 2;

// Small columns stand before the pack, which may be continued on pages of its own: a sweep for
// expired rows does not read those pages.
inline constexpr column<kept_notification> put_columns[] = {
    // name, type, place in the checksum, member
    column_of<kept_notification>(
        "expires_at", integer, 12, [](auto& it) -> auto& { return it.expires_at; }),
    column_of<kept_notification>(
        "created_at", integer, 10, [](auto& it) -> auto& { return it.created_at; }),
    column_of<kept_notification>(
        "due_at", integer, 11, [](auto& it) -> auto& { return it.due_at; }),
    checksum_column<kept_notification>(),
    column_of<kept_notification>(
        "trace", column_type::trace, 3, [](auto& it) -> auto& { return it.trace; }),
    column_of<kept_notification>(
        "namespace", text, 1, [](auto& it) -> auto& { return it.to.ns; }),
    column_of<kept_notification>(
        "client", text, 2, [](auto& it) -> auto& { return it.to.client; }),
    column_of<kept_notification>(
        "sender", text, 4, [](auto& it) -> auto& { return it.from; }),
    column_of<kept_notification>(
        "by_server", integer, 5, [](auto& it) -> auto& { return it.by; }),
    column_of<kept_notification>(
        "is_suit", integer, 6, [](auto& it) -> auto& { return it.kind; }),
    column_of<kept_notification>(
        "wants_receipts", integer, 7, [](auto& it) -> auto& { return it.want; }),
    column_of<kept_notification>(
        "message_id", text, 8, [](auto& it) -> auto& { return it.message_id; }),
    column_of<kept_notification>(
        "collapse_key", text, 9, [](auto& it) -> auto& { return it.collapse_key; }),
    column_of<kept_notification>(
        "pack", column_type::body, 13, [](auto& it) -> auto& { return it.pack; }),
};

/// Notifications as they were accepted. These rows are never changed.
inline constexpr table<kept_notification> puts{"puts", "id", 'n', put_columns};

inline constexpr column<kept_notification> progress_columns[] = {
    column_of<kept_notification>(
        "attempts", integer, 1, [](auto& it) -> auto& { return it.attempts; }),
    column_of<kept_notification>(
        "delivered_at", integer, 2, [](auto& it) -> auto& { return it.delivered_at; }),
    checksum_column<kept_notification>(),
};

inline constexpr column<kept_notification> reply_columns[] = {
    column_of<kept_notification>(
        "replied_at", integer, 1, [](auto& it) -> auto& { return it.replied_at; }),
    checksum_column<kept_notification>(),
    column_of<kept_notification>(
        "value", column_type::body, 2, [](auto& it) -> auto& { return it.reply; }),
};

/// The later parts of a notification, in a table for each `kept_part`. A part that has a body is
/// replaced as a whole; the others are read first, and columns without a change stay as they are.
struct part {
  table<kept_notification> in;

  /// A repair may find two rows of one notification and takes the newer row, by this age.
  std::pair<std::int64_t, std::int64_t> (*age)(const kept_notification& of);
};

inline constexpr std::array<part, kept_parts> parts{{
    {{"progress", "id", 'p', progress_columns},
     [](const kept_notification& of) {
       return std::pair{of.delivered_at.ns, std::int64_t{of.attempts}};
     }},
    {{"replies", "id", 'r', reply_columns},
     [](const kept_notification& of) {
       return std::pair{of.replied_at.ns, std::int64_t{0}};
     }},
}};

/// The view of the tables for people.
inline constexpr const char* view = R"(
CREATE VIEW notifications AS SELECT
  n.id >> 48 AS slot,
  n.id & 281474976710655 AS row,
  lower(hex(n.trace)) AS trace,
  n.namespace, n.client, n.sender,
  iif(n.by_server, 'server', 'client') AS sent_by,
  iif(n.is_suit, 'suit', 'plain') AS kind,
  n.wants_receipts,
  n.message_id, n.collapse_key,
  datetime(n.created_at / 1000000000, 'unixepoch') AS created,
  iif(n.due_at, datetime(n.due_at / 1000000000, 'unixepoch'), NULL) AS due,
  datetime(n.expires_at / 1000000000, 'unixepoch') AS expires,
  ifnull(p.attempts, 0) AS attempts,
  iif(p.delivered_at, datetime(p.delivered_at / 1000000000, 'unixepoch'), NULL) AS delivered,
  datetime(r.replied_at / 1000000000, 'unixepoch') AS replied,
  n.pack, r.value AS reply
FROM puts n LEFT JOIN progress p ON p.id = n.id LEFT JOIN replies r ON r.id = n.id;
)";

inline constexpr column<layout::slot_state> slot_columns[] = {
    column_of<layout::slot_state>(
        "last_row", integer, 1, [](auto& it) -> auto& { return it.last_row; }),
    column_of<layout::slot_state>(
        "notifications", integer, 2, [](auto& it) -> auto& { return it.notifications; }),
    column_of<layout::slot_state>(
        "delivered", integer, 3, [](auto& it) -> auto& { return it.delivered; }),
    column_of<layout::slot_state>(
        "records", integer, 4, [](auto& it) -> auto& { return it.records; }),
    column_of<layout::slot_state>(
        "sum", integer, 5, [](auto& it) -> auto& { return it.sum; }),
    column_of<layout::slot_state>(
        "changed_by", integer, 6, [](auto& it) -> auto& { return it.changed_by; }),
    checksum_column<layout::slot_state>(),
};

inline constexpr table<layout::slot_state> slots{"slots", "slot", 'l', slot_columns};

inline constexpr column<layout::journal_state> journal_columns[] = {
    column_of<layout::journal_state>(
        "slots", integer, 1, [](auto& it) -> auto& { return it.identity.slots; }),
    column_of<layout::journal_state>(
        "hash_key", blob, 2, [](auto& it) -> auto& { return it.identity.key; }),
    column_of<layout::journal_state>(
        "epochs_end", integer, 3, [](auto& it) -> auto& { return it.epochs_end; }),
    column_of<layout::journal_state>(
        "changed_by", integer, 4, [](auto& it) -> auto& { return it.changed_by; }),
    checksum_column<layout::journal_state>(),
    column_of<layout::journal_state>(
        "version", integer, by_name, [](auto& it) -> auto& { return it.version; }, 2),
};

inline constexpr table<layout::journal_state> journal{"journal", "one", 'j', journal_columns,
                                                      table<layout::journal_state>::rows::one};

inline constexpr column<clock_note> clock_columns[] = {
    column_of<clock_note>(
        "time", integer, 1, [](auto& it) -> auto& { return it.time; }),
    column_of<clock_note>(
        "wall", integer, 2, [](auto& it) -> auto& { return it.wall; }),
    column_of<clock_note>(
        "boot", text, 3, [](auto& it) -> auto& { return it.machine.boot; }),
    column_of<clock_note>(
        "since_boot", integer, 4, [](auto& it) -> auto& { return it.machine.since; }),
    checksum_column<clock_note>(),
};

/// Created when the clocks are noted for the first time, so the oldest journals lack this table.
inline constexpr table<clock_note> clocks{"clocks", "one", 'c', clock_columns,
                                          table<clock_note>::rows::one};

} // namespace restante::journal::tables
