#pragma once

#include "restante/messages/ephemeral.hpp"

// How CAF walks the messages of ephemeral.hpp: every member, in the order of its declaration.

namespace restante {

template <class Inspector>
auto inspect(Inspector& f, set_entry& x) {
  return inspect_fields(f, x, field("op", x.op), field("at", x.at), field("key", x.key),
                        field("client", x.client), field("payload", x.payload), field("ttl", x.ttl),
                        field("lease", x.lease));
}

template <class Inspector>
auto inspect(Inspector& f, clear_entry& x) {
  return inspect_fields(f, x, field("op", x.op), field("at", x.at), field("key", x.key));
}

template <class Inspector>
auto inspect(Inspector& f, entry_receipt& x) {
  return inspect_fields(f, x, field("op", x.op), field("expires_at", x.expires_at));
}

template <class Inspector>
auto inspect(Inspector& f, entry_ended& x) {
  return inspect_fields(f, x, field("at", x.at), field("key", x.key), field("lease", x.lease),
                        field("how", x.how), field("new_client", x.new_client));
}

template <class Inspector>
auto inspect(Inspector& f, entry_view& x) {
  return inspect_fields(f, x, field("key", x.key), field("client", x.client),
                        field("payload", x.payload), field("expires_in", x.expires_in));
}

template <class Inspector>
auto inspect(Inspector& f, list_entries& x) {
  return inspect_fields(f, x, field("op", x.op), field("at", x.at));
}

template <class Inspector>
auto inspect(Inspector& f, entries_view& x) {
  return inspect_fields(f, x, field("op", x.op), field("reason", x.reason), field("topic", x.topic),
                        field("entries", x.entries), field("epoch", x.epoch), field("seq", x.seq));
}

template <class Inspector>
auto inspect(Inspector& f, subscribe_topic& x) {
  return inspect_fields(f, x, field("op", x.op), field("at", x.at), field("reason", x.reason));
}

template <class Inspector>
auto inspect(Inspector& f, unsubscribe_topic& x) {
  return inspect_fields(f, x, field("op", x.op), field("at", x.at));
}

template <class Inspector>
auto inspect(Inspector& f, publish_message& x) {
  return inspect_fields(f, x, field("op", x.op), field("at", x.at), field("client", x.client),
                        field("data", x.data));
}

template <class Inspector>
auto inspect(Inspector& f, owner_gone& x) {
  return inspect_fields(f, x, field("at", x.at));
}

template <class Inspector>
auto inspect(Inspector& f, topic_failed& x) {
  return inspect_fields(f, x, field("at", x.at));
}

template <class Inspector>
auto inspect(Inspector& f, relay_to& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, relay_no_longer& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, topic_event& x) {
  return inspect_fields(f, x, field("kind", x.kind), field("seq", x.seq), field("key", x.key),
                        field("client", x.client), field("payload", x.payload),
                        field("reason", x.reason));
}

template <class Inspector>
auto inspect(Inspector& f, event_batch& x) {
  return inspect_fields(f, x, field("at", x.at), field("epoch", x.epoch),
                        field("events", x.events));
}

} // namespace restante
