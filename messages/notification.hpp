#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/errc.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/limits.hpp"
#include "restante/messages/presence.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace restante {

/// The identity of a caller: a client, or the server identity (embedder or operator) with every
/// right.
enum class identity : std::uint8_t { client, server };

/// The default sender of a put by the server identity. No client may connect under this name, so no
/// client counts as the sender of such a notification.
inline constexpr std::string_view server_name = "server";

/// Whether a notification expects a reply.
enum class notification_kind : std::uint8_t { plain, suit };

/// Whether the sender gets a receipt for every step while it is connected (spec N12).
enum class receipts : std::uint8_t { none, wanted };

/// The furthest step a notification has reached, or the end it came to (spec N12).
enum class notification_state : std::uint8_t {
  queued,
  offered,
  delivered,
  replied,
  expired,
  evicted,
  collapsed,
};

std::string_view to_string(notification_state state);

/// Where an accepted put is kept: the promise that its answer gives (spec D1).
enum class kept_in : std::uint8_t { memory, disk };

std::string_view to_string(kept_in where);

/// A put as a C++ program asks for it: a message to a client (spec N1). Its members are copied to
/// the members of a `put_notification` that have the same names.
struct put_request {
  std::string to;
  body pack{};
  notification_kind kind = notification_kind::plain;
  duration ttl{0};          ///< <= 0: the default
  std::string message_id{}; ///< makes a repeated put harmless (spec N14)
  receipts want = receipts::none;
  std::string collapse_key{}; ///< replaces a waiting notification with this key (spec N15)
  duration delay{0};          ///< not delivered earlier; <= 0: at once (spec N16)
  cap_policy at_cap = cap_policy::standard; ///< what happens if the target is full (spec N4)
  std::string from{};                       ///< server identity only; default `server`
  std::string ns{}; ///< server identity only; a client uses its own namespace
};
BOOST_DESCRIBE_STRUCT(put_request, (),
                      (to, pack, kind, ttl, message_id, want, collapse_key, delay, at_cap, from,
                       ns))

/// Asks a target to keep a notification until it is delivered or expires.
///
/// Sent by: connection, in a `put_batch`; the owner of a connection, to the connection. Accepted
/// by: client, through its shard; connection.
/// Replies: put_receipt, or operation_failed: target_full, overloaded.
/// Repeating it: a second notification, unless both carry the same message_id.
/// Ordering: puts of one connection to one target keep the order of sending.
/// Lives: until the answer, or the operation's deadline.
struct put_notification {
  operation_number op = 0;
  client_address to;
  route_number route = 0; ///< the route of `to`, so that `to` is hashed once
  std::string from;
  identity by = identity::client;
  body pack;
  notification_kind kind = notification_kind::plain;
  duration ttl{0};        ///< <= 0: the default
  std::string message_id; ///< empty: none
  receipts want = receipts::none;
  std::string collapse_key; ///< empty: none (spec N15)
  duration delay{0};        ///< <= 0: none (spec N16)
  cap_policy at_cap = cap_policy::standard;

  bool operator==(const put_notification&) const = default;
};
BOOST_DESCRIBE_STRUCT(put_notification, (),
                      (op, to, route, from, by, pack, kind, ttl, message_id, want, collapse_key,
                       delay, at_cap))

/// The puts that one connection has gathered for one shard, and then for one client. Batches save
/// messages under load.
///
/// Sent by: connection. Accepted by: client shard, which gives each client its part.
/// Replies: put_receipts, and an operation_failed for each put that was refused.
/// Repeating it, ordering, life: see `put_notification`.
struct put_batch {
  std::vector<put_notification> puts;

  bool operator==(const put_batch&) const = default;
};
BOOST_DESCRIBE_STRUCT(put_batch, (), (puts))

/// Whether a put stored something new.
enum class put_result : std::uint8_t { accepted, duplicate };

/// The answer to a put (spec N1).
///
/// Sent by: client. Accepted by: connection. Replies: none. Repeating it: harmless: for the second
/// one the connection finds no operation. Ordering: before any offer of the same notification.
/// Lives: until the connection has told its caller.
struct put_receipt {
  operation_number op = 0;
  trace_id trace;
  instant created_at;
  instant expires_at;
  put_result result = put_result::accepted;
  trace_id evicted;   ///< the notification removed for this put; zero: none (spec N4)
  trace_id collapsed; ///< the notification that this put replaced; zero: none (spec N15)
  kept_in accepted = kept_in::memory;

  bool operator==(const put_receipt&) const = default;
};
BOOST_DESCRIBE_STRUCT(put_receipt, (),
                      (op, trace, created_at, expires_at, result, evicted, collapsed, accepted))

/// The answers to the accepted puts of one batch, in the order of the batch.
///
/// Sent by: client. Accepted by: connection. Replies, repeating it, ordering, life: see
/// `put_receipt`.
struct put_receipts {
  std::vector<put_receipt> receipts;

  bool operator==(const put_receipts&) const = default;
};
BOOST_DESCRIBE_STRUCT(put_receipts, (), (receipts))

/// One pack for many targets (spec N17): works like one put for each target, with one answer.
///
/// Sent by: a connection's owner. Accepted by: connection, which makes a put for each target.
/// Replies: put_many_receipt; too_many_targets, payload_too_large and other errors that refuse all
/// targets. Repeating it, ordering, life: see `put_notification`.
struct put_many {
  std::vector<std::string> targets;
  put_notification each; ///< its target is ignored

  bool operator==(const put_many&) const = default;
};
BOOST_DESCRIBE_STRUCT(put_many, (), (targets, each))

/// The outcome for one target of a `put_many`.
struct target_outcome {
  std::string target;
  errc code = errc::none;
  std::string detail;
  put_receipt receipt;

  bool operator==(const target_outcome&) const = default;
};
BOOST_DESCRIBE_STRUCT(target_outcome, (), (target, code, detail, receipt))

/// The answer to `put_many`: one outcome for each target, in the order of the request. A target
/// that did not answer in time has `unknown_outcome`.
struct put_many_receipt {
  std::vector<target_outcome> outcomes;

  bool operator==(const put_many_receipt&) const = default;
};
BOOST_DESCRIBE_STRUCT(put_many_receipt, (), (outcomes))

/// The answer to any operation that failed.
///
/// Sent by: client, topic, shard. Accepted by: connection. Replies: none. Repeating it: harmless:
/// for the second one the connection finds no operation. Lives: until the connection has told its
/// caller.
struct operation_failed {
  operation_number op = 0;
  errc code = errc::internal;
  std::string detail;

  bool operator==(const operation_failed&) const = default;
};
BOOST_DESCRIBE_STRUCT(operation_failed, (), (op, code, detail))

/// The answer to an operation that succeeded and returns no data.
struct operation_done {
  operation_number op = 0;

  bool operator==(const operation_done&) const = default;
};
BOOST_DESCRIBE_STRUCT(operation_done, (), (op))

/// The state of a notification at the moment of the question (spec N6).
struct notification_view {
  trace_id trace;
  std::string from;
  client_address to;
  body pack;
  notification_kind kind = notification_kind::plain;
  notification_state state = notification_state::queued;
  instant created_at;
  instant due_at; ///< when it may be offered; zero: at once (spec N16)
  instant expires_at;
  instant delivered_at; ///< zero: not delivered
  instant replied_at;   ///< zero: no reply
  body reply;
  std::uint32_t attempts = 0; ///< how often it was offered

  bool scheduled() const { return due_at.ns != 0; }
  bool delivered() const { return delivered_at.ns != 0; }
  bool replied() const { return replied_at.ns != 0; }

  bool operator==(const notification_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(notification_view, (),
                      (trace, from, to, pack, kind, state, created_at, due_at, expires_at,
                       delivered_at, replied_at, reply, attempts))

/// A question about a trace. The shard asks the clients that share the route one after another, in
/// the order of their numbers, and answers `not_found` after the last one (spec N3).
struct trace_question {
  operation_number op = 0;
  std::string ns;
  trace_id trace;
  identity by = identity::server;
  std::string asker;             ///< the client that asks; empty for the server identity
  std::uint64_t asked_up_to = 0; ///< the number of the child asked last

  bool operator==(const trace_question&) const = default;
};
BOOST_DESCRIBE_STRUCT(trace_question, (), (op, ns, trace, by, asker, asked_up_to))

/// Asks for the state of a notification.
///
/// Sent by: connection. Accepted by: client shard, and the clients that share the route.
/// Replies: status_view; not_found, forbidden (spec N6).
/// Repeating it: harmless. Ordering: sees every earlier put of the same connection.
/// Lives: until the answer.
struct get_status {
  trace_question question;

  bool operator==(const get_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(get_status, (), (question))

/// Records a reply to a suit. A later reply replaces an earlier one (spec N7).
///
/// Sent by, accepted by: see `get_status`. Replies: status_view; not_found, forbidden, not_a_suit,
/// overloaded. Repeating it: harmless: the reply is replaced by an equal one. Ordering: the last
/// reply to arrive counts. Lives: until the answer.
struct record_reply {
  trace_question question;
  body value;

  bool operator==(const record_reply&) const = default;
};
BOOST_DESCRIBE_STRUCT(record_reply, (), (question, value))

/// Waits for the reply to a suit (spec N13).
///
/// Sent by, accepted by: see `get_status`. Replies: reply_view when there is a reply; timeout,
/// not_found when the notification ends, not_a_suit, too_many_waiters.
/// Repeating it: adds one more waiter. Ordering: none. Lives: until the answer, the timeout, or the
/// end of its connection.
struct await_reply {
  trace_question question;
  duration timeout{0};

  bool operator==(const await_reply&) const = default;
};
BOOST_DESCRIBE_STRUCT(await_reply, (), (question, timeout))

/// Cancels a wait whose caller is gone, while the connection goes on (spec N13, C4).
///
/// Sent by: connection. Accepted by: see `get_status`. Replies: none. Repeating it: changes
/// nothing. Ordering: after the await_reply that it cancels. Lives: until handled.
struct cancel_await {
  trace_question question;

  bool operator==(const cancel_await&) const = default;
};
BOOST_DESCRIBE_STRUCT(cancel_await, (), (question))

/// The answer to `get_status` and `record_reply`.
struct status_view {
  operation_number op = 0;
  notification_view notification;

  bool operator==(const status_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(status_view, (), (op, notification))

/// The answer to `await_reply`.
struct reply_view {
  operation_number op = 0;
  body value;
  instant replied_at;

  bool operator==(const reply_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(reply_view, (), (op, value, replied_at))

/// Takes all undelivered notifications of a target, oldest first, and marks them delivered (spec
/// N5). Server identity only.
///
/// Sent by: connection. Accepted by: client, through its shard. Replies: drain_view.
/// Repeating it: takes only what was put in between. Ordering: after earlier puts of the same
/// connection. Lives: until the answer.
struct drain_queue {
  operation_number op = 0;
  client_address client;

  bool operator==(const drain_queue&) const = default;
};
BOOST_DESCRIBE_STRUCT(drain_queue, (), (op, client))

struct drain_view {
  operation_number op = 0;
  std::vector<notification_view> notifications;

  bool operator==(const drain_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(drain_view, (), (op, notifications))

/// Counts the undelivered notifications of a target (spec N9).
///
/// Sent by: connection. Accepted by: client, through its shard. Replies: pending_view.
/// Repeating it: harmless. Ordering: after earlier puts of the same connection. Lives: until the
/// answer.
struct get_pending {
  operation_number op = 0;
  client_address client;

  bool operator==(const get_pending&) const = default;
};
BOOST_DESCRIBE_STRUCT(get_pending, (), (op, client))

struct pending_view {
  operation_number op = 0;
  std::uint64_t pending = 0;
  presence state = presence::absent;

  bool operator==(const pending_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(pending_view, (), (op, pending, state))

/// Asks how many notifications of a namespace have expired since the last purge_expired (spec N8).
/// Server identity only.
///
/// Sent by: connection, to every client shard. Accepted by: client shard.
/// Replies: purge_receipt. Repeating it: the count starts at zero again. Ordering: none.
/// Lives: until every shard has answered.
struct purge_expired {
  operation_number op = 0;
  std::string ns;

  bool operator==(const purge_expired&) const = default;
};
BOOST_DESCRIBE_STRUCT(purge_expired, (), (op, ns))

struct purge_receipt {
  operation_number op = 0;
  std::uint64_t removed = 0;

  bool operator==(const purge_receipt&) const = default;
};
BOOST_DESCRIBE_STRUCT(purge_receipt, (), (op, removed))

/// One notification on its way to a connection.
struct offered_notification {
  trace_id trace;
  std::string from;
  body pack;
  notification_kind kind = notification_kind::plain;
  instant created_at;
  instant expires_at;
  std::uint32_t attempts = 1; ///< with this offer

  bool operator==(const offered_notification&) const = default;
};
BOOST_DESCRIBE_STRUCT(offered_notification, (),
                      (trace, from, pack, kind, created_at, expires_at, attempts))

/// One notification on its way from a connection to its sink.
///
/// Sent by: connection. Accepted by: its sink. Replies: with explicit acks, an ack_notifications
/// later. Repeating it: with higher `attempts`. Ordering: in the order of acceptance. Lives: until
/// taken.
struct delivery {
  offered_notification notification;

  bool operator==(const delivery&) const = default;
};
BOOST_DESCRIBE_STRUCT(delivery, (), (notification))

/// Offers notifications, oldest first, until their acks come (spec N11).
///
/// Sent by: client. Accepted by: its current connection.
/// Replies: ack_notifications, now or later. Repeating it: with higher `attempts`, and only to a
/// connection with a new sink or to the next connection. Ordering: in the order of acceptance.
/// Lives: until acked, drained, expired, or the connection's end.
struct offer_notifications {
  epoch_number epoch = 0;
  std::vector<offered_notification> offers;

  bool operator==(const offer_notifications&) const = default;
};
BOOST_DESCRIBE_STRUCT(offer_notifications, (), (epoch, offers))

/// Acknowledges notifications (spec N11).
///
/// Sent by: connection. Accepted by: its client, through the shard.
/// Replies: ack_receipt if `op` is not 0. Repeating it: harmless; the second answer is `late`.
/// Ordering: any. Lives: until handled; with an older epoch it changes nothing.
struct ack_notifications {
  operation_number op = 0;
  client_address client;
  epoch_number epoch = 0;
  std::vector<trace_id> traces;

  bool operator==(const ack_notifications&) const = default;
};
BOOST_DESCRIBE_STRUCT(ack_notifications, (), (op, client, epoch, traces))

/// Whether the notification was still waiting for the acknowledgement.
enum class ack_result : std::uint8_t { in_time, late };

struct ack_receipt {
  operation_number op = 0;
  ack_result result = ack_result::in_time;

  bool operator==(const ack_receipt&) const = default;
};
BOOST_DESCRIBE_STRUCT(ack_receipt, (), (op, result))

/// Tells a sender that one of its notifications reached the next step (spec N12).
///
/// Sent by: the target's client, through the sender's shard. Accepted by: the sender's client,
/// which passes it to its connection, or drops it if there is none.
/// Replies: none. Repeating it: each step is sent once. Ordering: steps of one notification arrive
/// in order. Lives: at most once, only while connected.
struct notification_step {
  client_address sender;
  std::string to;
  trace_id trace;
  notification_state state = notification_state::queued;
  instant at;

  bool operator==(const notification_step&) const = default;
};
BOOST_DESCRIBE_STRUCT(notification_step, (), (sender, to, trace, state, at))

} // namespace restante
