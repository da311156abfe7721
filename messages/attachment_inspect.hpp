#pragma once

#include "restante/messages/attachment.hpp"

// How CAF walks the messages of attachment.hpp: every member, in the order of its declaration.

namespace restante {

template <class Inspector>
auto inspect(Inspector& f, client_connected& x) {
  return inspect_fields(f, x, field("client", x.client), field("epoch", x.epoch),
                        field("inbox", x.inbox), field("token", x.token), field("resume", x.resume),
                        field("inflight", x.inflight));
}

template <class Inspector>
auto inspect(Inspector& f, client_attached& x) {
  return inspect_fields(f, x, field("epoch", x.epoch), field("pending", x.pending));
}

template <class Inspector>
auto inspect(Inspector& f, resume_connection& x) {
  return inspect_fields(f, x, field("inbox", x.inbox));
}

template <class Inspector>
auto inspect(Inspector& f, connection_resumed& x) {
  return inspect_fields(f, x, field("client", x.client), field("epoch", x.epoch),
                        field("inbox", x.inbox), field("inflight", x.inflight));
}

template <class Inspector>
auto inspect(Inspector& f, connection_detached& x) {
  return inspect_fields(f, x, field("client", x.client), field("epoch", x.epoch));
}

template <class Inspector>
auto inspect(Inspector& f, client_disconnected& x) {
  return inspect_fields(f, x, field("client", x.client), field("epoch", x.epoch));
}

template <class Inspector>
auto inspect(Inspector& f, taken_over& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, connect_receipt& x) {
  return inspect_fields(f, x, field("client", x.client), field("epoch", x.epoch),
                        field("resume", x.resume), field("result", x.result),
                        field("pending", x.pending));
}

template <class Inspector>
auto inspect(Inspector& f, goodbye& x) {
  return inspect_fields(f, x, field("reason", x.reason), field("code", x.code));
}

template <class Inspector>
auto inspect(Inspector& f, push_taken& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, inbox_ready& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, connection_due& x) {
  return inspect_fields(f, x, field("armed_for", x.armed_for));
}

template <class Inspector>
auto inspect(Inspector& f, watch_client& x) {
  return inspect_fields(f, x, field("op", x.op), field("client", x.client));
}

template <class Inspector>
auto inspect(Inspector& f, unwatch_client& x) {
  return inspect_fields(f, x, field("op", x.op), field("client", x.client));
}

template <class Inspector>
auto inspect(Inspector& f, client_presence& x) {
  return inspect_fields(f, x, field("client", x.client), field("state", x.state));
}

} // namespace restante
