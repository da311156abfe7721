#pragma once

#include "restante/messages/notification.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace restante {

/// Where a notification stands in the journal of its hash slot. Given out by the journal, growing,
/// never given out again; 0: not in a journal.
using row_number = std::uint64_t;

using slot_number = std::uint32_t;

/// A notification as the journal keeps it: all that it takes to go on with it after a restart.
struct kept_notification {
  row_number row = 0; ///< given by the journal, in the order of acceptance
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

/// An offer that is about to be made, or was.
struct kept_attempts {
  row_number row = 0;
  std::uint32_t attempts = 0;

  bool operator==(const kept_attempts&) const = default;
};

struct kept_reply {
  row_number row = 0;
  body value;
  instant replied_at;

  bool operator==(const kept_reply&) const = default;
};

/// What has become of the notifications of one client, to be kept together or not at all. Its
/// parts take effect in the order in which they stand here.
///
/// Sent by: client. Accepted by: journal. Replies: changes_committed or changes_failed, one for
/// each, in the order of sending. Repeating it: puts would be kept twice; the rest is harmless.
/// Ordering: those of one client are kept in the order of sending. Lives: until answered.
struct journal_changes {
  slot_number slot = 0;
  client_address client;
  std::vector<kept_notification> puts; ///< their rows are given by the journal, one after another
  std::vector<kept_attempts> offered;
  std::vector<row_number> delivered;
  instant delivered_at; ///< of all of them
  std::vector<kept_reply> replies;
  std::vector<row_number> gone; ///< evicted, collapsed, forgotten; expired ones need not be told

  bool operator==(const journal_changes&) const = default;
};

/// Says that changes are on disk (spec D1).
///
/// Sent by: journal. Accepted by: client. Replies: none. Repeating it: never.
/// Ordering: that of the changes. Lives: until handled.
struct changes_committed {
  row_number first_put = 0; ///< the row of the first of the puts; the others follow it

  bool operator==(const changes_committed&) const = default;
};

/// Says that changes are not on disk, none of them (spec D3).
///
/// Sent by, accepted by, ordering, life: as `changes_committed`.
struct changes_failed {
  errc code = errc::storage_failed;

  bool operator==(const changes_failed&) const = default;
};

} // namespace restante
