#pragma once

#include "restante/messages/node.hpp"

// How CAF walks the messages of node.hpp: every member, in the order of its declaration;
// variants stand last.

namespace restante {

template <class Inspector>
auto inspect(Inspector& f, failure& x) {
  return inspect_fields(f, x, field("code", x.code), field("detail", x.detail));
}

template <class Inspector>
auto inspect(Inspector& f, greet_node& x) {
  return inspect_fields(f, x, field("version", x.version));
}

template <class Inspector>
auto inspect(Inspector& f, node_greeting& x) {
  return inspect_fields(f, x, field("version", x.version));
}

template <class Inspector>
auto inspect(Inspector& f, attach_peer& x) {
  return inspect_fields(f, x, field("how", x.how), field("client", x.client),
                        field("inflight", x.inflight), field("resume_window", x.resume_window),
                        field("resume", x.resume));
}

template <class Inspector>
auto inspect(Inspector& f, attached_as& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, numbered_command& x) {
  return inspect_variant(f, x, field("what", x.what), field("op", x.op));
}

template <class Inspector>
auto inspect(Inspector& f, peer_requests& x) {
  return inspect_fields(f, x, field("operations", x.operations), field("acks", x.acks),
                        field("done", x.done), field("intent", x.intent));
}

template <class Inspector>
auto inspect(Inspector& f, peer_outcome& x) {
  return inspect_variant(f, x, field("what", x.what), field("op", x.op));
}

template <class Inspector>
auto inspect(Inspector& f, peer_push& x) {
  return inspect_variant(f, x, field("what", x.what));
}

template <class Inspector>
auto inspect(Inspector& f, peer_update& x) {
  return inspect_variant(f, x, field("what", x.what));
}

template <class Inspector>
auto inspect(Inspector& f, peer_updates& x) {
  return inspect_fields(f, x, field("updates", x.updates));
}

template <class Inspector>
auto inspect(Inspector& f, output_ready& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, node_client_due& x) {
  return inspect_fields(f, x, field("armed_for", x.armed_for));
}

} // namespace restante
