#pragma once

#include "restante/messages/journal.hpp"
#include "restante/messages/limits.hpp"
#include "restante/messages/notification.hpp"

#include <memory>

namespace restante::model {

/// The part of the queue that a notification is in now; its `state` is the furthest step it ever
/// reached.
enum class queue_part : std::uint8_t { queued, offered, delivered, scheduled, staged };

/// The client that counts as the sender of a put. A put by the server in the name of a client
/// counts as a put of that client; a put under the server identity's own name has no sender.
const std::string& sender_of(const std::string& from, identity by);

/// Members that only few notifications have.
struct record_extras {
  std::string message_id;
  std::string collapse_key;
  instant due_at; ///< zero: at once (spec N16)
  body reply;
  instant replied_at;

  bool operator==(const record_extras&) const = default;
};
BOOST_DESCRIBE_STRUCT(record_extras, (), (message_id, collapse_key, due_at, reply, replied_at))

/// One notification as its target keeps it. Compact: a million of them wait at once.
struct record {
  trace_id trace;
  std::string from;
  body pack;
  instant created_at;
  instant expires_at;
  instant delivered_at;
  std::unique_ptr<record_extras> extras;
  row_number row = 0; ///< the row in the journal; 0: none
  std::uint32_t attempts = 0;
  notification_kind kind = notification_kind::plain;
  receipts want = receipts::none;
  identity by = identity::client; ///< the identity that put it, even if `from` differs
  queue_part where : 3 = queue_part::queued;
  notification_state state : 3 = notification_state::queued;
  /// A commit that is under way may end or deliver the notification. Until it is done, the
  /// notification is not offered, evicted or collapsed.
  bool is_in_doubt : 1 = false;
  /// The journal has stored the next attempt already.
  bool is_announced : 1 = false;

  /// The client that counts as its sender (spec N6, N14). Empty, which no client's name is, if the
  /// server identity put it under its own name.
  const std::string& sender() const;

  bool is_expired(instant now) const { return now > expires_at; }
  bool is_delivered() const { return delivered_at.ns != 0; }
  instant due_at() const { return extras ? extras->due_at : instant{}; }
  bool has_reply() const { return extras && extras->replied_at.ns != 0; }

  /// Its size against the memory bound (spec N18).
  std::uint64_t cost() const {
    const auto extra =
        extras ? extras->message_id.size() + extras->collapse_key.size() + extras->reply.size() : 0;
    return record_cost_bytes + from.size() + pack.size() + extra;
  }
};
/// The members that a record shares with a put, a row of the journal, a view and an offer; they are
/// copied by name. The record's place in the queue belongs to the record alone and is left out
/// here.
BOOST_DESCRIBE_STRUCT(record, (),
                      (trace, from, pack, created_at, expires_at, delivered_at, row, attempts, kind,
                       want, by))

/// The size that the record of a put would have.
std::uint64_t cost_of(const put_notification& asked);

/// Makes a new record for a put (spec N2, N16).
record record_of(const put_notification& asked, const trace_id& trace, instant now,
                 const limits& bounds);

/// A record as it was before a restart.
record record_of(const kept_notification& kept);

/// The record as the journal keeps it.
kept_notification kept_of(const record& of, const client_address& to);

/// The record as others see it.
notification_view view_of(const record& kept, const client_address& to);

/// The record as it is offered.
offered_notification offer_of(const record& kept);

} // namespace restante::model
