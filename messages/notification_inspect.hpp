#pragma once

#include "restante/messages/notification.hpp"

// How CAF walks the messages of notification.hpp: every member, in the order of its declaration.

namespace restante {

template <class Inspector>
auto inspect(Inspector& f, put_notification& x) {
  return inspect_fields(
      f, x, field("op", x.op), field("to", x.to), field("route", x.route), field("from", x.from),
      field("by", x.by), field("pack", x.pack), field("kind", x.kind), field("ttl", x.ttl),
      field("message_id", x.message_id), field("want", x.want),
      field("collapse_key", x.collapse_key), field("delay", x.delay), field("at_cap", x.at_cap));
}

template <class Inspector>
auto inspect(Inspector& f, put_batch& x) {
  return inspect_fields(f, x, field("puts", x.puts));
}

template <class Inspector>
auto inspect(Inspector& f, put_receipt& x) {
  return inspect_fields(f, x, field("op", x.op), field("trace", x.trace),
                        field("created_at", x.created_at), field("expires_at", x.expires_at),
                        field("result", x.result), field("evicted", x.evicted),
                        field("collapsed", x.collapsed), field("accepted", x.accepted));
}

template <class Inspector>
auto inspect(Inspector& f, put_receipts& x) {
  return inspect_fields(f, x, field("receipts", x.receipts));
}

template <class Inspector>
auto inspect(Inspector& f, put_many& x) {
  return inspect_fields(f, x, field("targets", x.targets), field("each", x.each));
}

template <class Inspector>
auto inspect(Inspector& f, target_outcome& x) {
  return inspect_fields(f, x, field("target", x.target), field("code", x.code),
                        field("detail", x.detail), field("receipt", x.receipt));
}

template <class Inspector>
auto inspect(Inspector& f, put_many_receipt& x) {
  return inspect_fields(f, x, field("outcomes", x.outcomes));
}

template <class Inspector>
auto inspect(Inspector& f, operation_failed& x) {
  return inspect_fields(f, x, field("op", x.op), field("code", x.code), field("detail", x.detail));
}

template <class Inspector>
auto inspect(Inspector& f, operation_done& x) {
  return inspect_fields(f, x, field("op", x.op));
}

template <class Inspector>
auto inspect(Inspector& f, notification_view& x) {
  return inspect_fields(f, x, field("trace", x.trace), field("from", x.from), field("to", x.to),
                        field("pack", x.pack), field("kind", x.kind), field("state", x.state),
                        field("created_at", x.created_at), field("due_at", x.due_at),
                        field("expires_at", x.expires_at), field("delivered_at", x.delivered_at),
                        field("replied_at", x.replied_at), field("reply", x.reply),
                        field("attempts", x.attempts));
}

template <class Inspector>
auto inspect(Inspector& f, trace_question& x) {
  return inspect_fields(f, x, field("op", x.op), field("ns", x.ns), field("trace", x.trace),
                        field("by", x.by), field("asker", x.asker),
                        field("asked_up_to", x.asked_up_to));
}

template <class Inspector>
auto inspect(Inspector& f, get_status& x) {
  return inspect_fields(f, x, field("question", x.question));
}

template <class Inspector>
auto inspect(Inspector& f, record_reply& x) {
  return inspect_fields(f, x, field("question", x.question), field("value", x.value));
}

template <class Inspector>
auto inspect(Inspector& f, await_reply& x) {
  return inspect_fields(f, x, field("question", x.question), field("timeout", x.timeout));
}

template <class Inspector>
auto inspect(Inspector& f, cancel_await& x) {
  return inspect_fields(f, x, field("question", x.question));
}

template <class Inspector>
auto inspect(Inspector& f, status_view& x) {
  return inspect_fields(f, x, field("op", x.op), field("notification", x.notification));
}

template <class Inspector>
auto inspect(Inspector& f, reply_view& x) {
  return inspect_fields(f, x, field("op", x.op), field("value", x.value),
                        field("replied_at", x.replied_at));
}

template <class Inspector>
auto inspect(Inspector& f, drain_queue& x) {
  return inspect_fields(f, x, field("op", x.op), field("client", x.client));
}

template <class Inspector>
auto inspect(Inspector& f, drain_view& x) {
  return inspect_fields(f, x, field("op", x.op), field("notifications", x.notifications));
}

template <class Inspector>
auto inspect(Inspector& f, get_pending& x) {
  return inspect_fields(f, x, field("op", x.op), field("client", x.client));
}

template <class Inspector>
auto inspect(Inspector& f, pending_view& x) {
  return inspect_fields(f, x, field("op", x.op), field("pending", x.pending),
                        field("state", x.state));
}

template <class Inspector>
auto inspect(Inspector& f, purge_expired& x) {
  return inspect_fields(f, x, field("op", x.op), field("ns", x.ns));
}

template <class Inspector>
auto inspect(Inspector& f, purge_receipt& x) {
  return inspect_fields(f, x, field("op", x.op), field("removed", x.removed));
}

template <class Inspector>
auto inspect(Inspector& f, offered_notification& x) {
  return inspect_fields(f, x, field("trace", x.trace), field("from", x.from), field("pack", x.pack),
                        field("kind", x.kind), field("created_at", x.created_at),
                        field("expires_at", x.expires_at), field("attempts", x.attempts));
}

template <class Inspector>
auto inspect(Inspector& f, delivery& x) {
  return inspect_fields(f, x, field("notification", x.notification));
}

template <class Inspector>
auto inspect(Inspector& f, offer_notifications& x) {
  return inspect_fields(f, x, field("epoch", x.epoch), field("offers", x.offers));
}

template <class Inspector>
auto inspect(Inspector& f, ack_notifications& x) {
  return inspect_fields(f, x, field("op", x.op), field("client", x.client), field("epoch", x.epoch),
                        field("traces", x.traces));
}

template <class Inspector>
auto inspect(Inspector& f, ack_receipt& x) {
  return inspect_fields(f, x, field("op", x.op), field("result", x.result));
}

template <class Inspector>
auto inspect(Inspector& f, notification_step& x) {
  return inspect_fields(f, x, field("sender", x.sender), field("to", x.to), field("trace", x.trace),
                        field("state", x.state), field("at", x.at));
}

} // namespace restante
