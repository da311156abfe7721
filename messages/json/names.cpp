#include "restante/messages/json/names.hpp"

namespace restante::json {

namespace {

/// Everything that means something in what the broker says; what it says most often first.
constexpr std::string_view frame_names[] = {
    "_orama",
    "id",
    "ok",
    "trace",
    "created_at_ms",
    "expires_at_ms",
    "accepted",
    "from",
    "pack",
    "suit",
    "attempts",
    "topic",
    "key",
    "client_id",
    "payload",
    "data",
    "seq",
    "epoch",
    "to",
    "state",
    "at_ms",
    "reason",
    "error",
    "code",
    "number",
    "message",
    "duplicate",
    "evicted",
    "collapsed",
    "due_at_ms",
    "late",
    "reply",
    "replied_at_ms",
    "replied",
    "delivered",
    "outcomes",
    "delivered_at_ms",
    "notification",
    "notifications",
    "entries",
    "expires_in_ms",
    "client",
    "connected",
    "pending",
    "removed",
    "ns",
    "ping_ms",
    "resume",
    "resumed",
    "clients",
    "topics",
    "keys",
    "subscribers",
    "total",
    "more",
};

} // namespace

std::span<const std::string_view> names_of(vocabulary words) {
  if (words == vocabulary::requests)
    return request_names();
  return frame_names;
}

} // namespace restante::json
