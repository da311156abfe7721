#pragma once

#include "restante/messages/journal.hpp"
#include "restante/messages/notification_inspect.hpp"

// How CAF walks the messages of journal.hpp: every member, in the order of its declaration.

namespace restante {

template <class Inspector>
auto inspect(Inspector& f, kept_notification& x) {
  return inspect_fields(
      f, x, field("row", x.row), field("to", x.to), field("trace", x.trace), field("from", x.from),
      field("by", x.by), field("pack", x.pack), field("kind", x.kind), field("want", x.want),
      field("message_id", x.message_id), field("collapse_key", x.collapse_key),
      field("created_at", x.created_at), field("due_at", x.due_at),
      field("expires_at", x.expires_at), field("delivered_at", x.delivered_at),
      field("replied_at", x.replied_at), field("reply", x.reply), field("attempts", x.attempts));
}

template <class Inspector>
auto inspect(Inspector& f, kept_attempts& x) {
  return inspect_fields(f, x, field("row", x.row), field("attempts", x.attempts));
}

template <class Inspector>
auto inspect(Inspector& f, kept_reply& x) {
  return inspect_fields(f, x, field("row", x.row), field("value", x.value),
                        field("replied_at", x.replied_at));
}

template <class Inspector>
auto inspect(Inspector& f, journal_changes& x) {
  return inspect_fields(f, x, field("slot", x.slot), field("client", x.client),
                        field("puts", x.puts), field("offered", x.offered),
                        field("delivered", x.delivered), field("delivered_at", x.delivered_at),
                        field("replies", x.replies), field("gone", x.gone));
}

template <class Inspector>
auto inspect(Inspector& f, changes_committed& x) {
  return inspect_fields(f, x, field("first_put", x.first_put));
}

template <class Inspector>
auto inspect(Inspector& f, changes_failed& x) {
  return inspect_fields(f, x, field("code", x.code));
}

template <class Inspector>
auto inspect(Inspector& f, get_kept& x) {
  return inspect_fields(f, x, field("slot", x.slot), field("after", x.after));
}

template <class Inspector>
auto inspect(Inspector& f, hurry_slot& x) {
  return inspect_fields(f, x, field("slot", x.slot));
}

template <class Inspector>
auto inspect(Inspector& f, kept_expired& x) {
  return inspect_fields(f, x, field("ns", x.ns), field("rows", x.rows));
}

template <class Inspector>
auto inspect(Inspector& f, kept_view& x) {
  return inspect_fields(f, x, field("slot", x.slot), field("notifications", x.notifications),
                        field("expired", x.expired), field("last", x.last), field("code", x.code));
}

template <class Inspector>
auto inspect(Inspector& f, restore_notifications& x) {
  return inspect_fields(f, x, field("notifications", x.notifications));
}

template <class Inspector>
auto inspect(Inspector& f, restore_done& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, stop_journal& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, commit_due& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, restore_due& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, upkeep_due& x) {
  return inspect_fields(f, x);
}

} // namespace restante
