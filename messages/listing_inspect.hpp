#pragma once

#include "restante/messages/listing.hpp"

// How CAF walks the messages of listing.hpp: every member, in the order of its declaration.

namespace restante {

template <class Inspector>
auto inspect(Inspector& f, id_range& x) {
  return inspect_fields(f, x, field("prefix", x.prefix), field("after", x.after),
                        field("limit", x.limit), field("ns", x.ns));
}

template <class Inspector>
auto inspect(Inspector& f, list_clients& x) {
  return inspect_fields(f, x, field("op", x.op), field("range", x.range));
}

template <class Inspector>
auto inspect(Inspector& f, list_topics& x) {
  return inspect_fields(f, x, field("op", x.op), field("range", x.range));
}

template <class Inspector>
auto inspect(Inspector& f, listed_client& x) {
  return inspect_fields(f, x, field("client", x.client), field("state", x.state),
                        field("pending", x.pending));
}

template <class Inspector>
auto inspect(Inspector& f, clients_view& x) {
  return inspect_fields(f, x, field("op", x.op), field("clients", x.clients),
                        field("total", x.total), field("rest", x.rest));
}

template <class Inspector>
auto inspect(Inspector& f, listed_topic& x) {
  return inspect_fields(f, x, field("topic", x.topic), field("keys", x.keys),
                        field("subscribers", x.subscribers));
}

template <class Inspector>
auto inspect(Inspector& f, topics_view& x) {
  return inspect_fields(f, x, field("op", x.op), field("topics", x.topics), field("total", x.total),
                        field("rest", x.rest));
}

template <class Inspector>
auto inspect(Inspector& f, get_ids& x) {
  return inspect_fields(f, x, field("op", x.op), field("range", x.range), field("scope", x.scope),
                        field("allowed", x.allowed));
}

template <class Inspector>
auto inspect(Inspector& f, ids_view& x) {
  return inspect_fields(f, x, field("op", x.op), field("ids", x.ids), field("total", x.total),
                        field("behind", x.behind));
}

template <class Inspector>
auto inspect(Inspector& f, get_topic_usage& x) {
  return inspect_fields(f, x, field("op", x.op), field("at", x.at));
}

template <class Inspector>
auto inspect(Inspector& f, topic_usage_view& x) {
  return inspect_fields(f, x, field("op", x.op), field("keys", x.keys),
                        field("subscribers", x.subscribers));
}

} // namespace restante
