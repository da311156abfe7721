#include "restante/messages/json/names.hpp"

#include "restante/messages/json/notification_members.hpp"

#include <iterator>
#include <vector>

namespace restante::json {

namespace {

/// Names with a meaning in frames from the broker, beside the members of a notification.
constexpr std::string_view other_names[] = {
    "_orama",        "id",        "ok",           "accepted",      "topic",   "key",
    "client_id",     "payload",   "data",         "seq",           "epoch",   "to",
    "state",         "at_ms",     "reason",       "error",         "code",    "number",
    "message",       "duplicate", "evicted",      "collapsed",     "late",    "reply",
    "replied_at_ms", "outcomes",  "notification", "notifications", "entries", "expires_in_ms",
    "client",        "connected", "pending",      "removed",       "ns",      "ping_ms",
    "resume",        "resumed",   "clients",      "topics",        "keys",    "subscribers",
    "total",         "more",
};

/// The list is short enough for a linear search; the most frequent names come first.
std::vector<std::string_view> all_frame_names() {
  std::vector<std::string_view> all;
  for (const auto& row : delivery_members())
    all.push_back(row.name);
  all.insert(all.end(), std::begin(other_names), std::end(other_names));
  for (const auto& row : view_members())
    all.push_back(row.name);
  return all;
}

} // namespace

std::span<const std::string_view> names_of(vocabulary words) {
  if (words == vocabulary::requests)
    return request_names();
  static const auto frame_names = all_frame_names();
  return frame_names;
}

} // namespace restante::json
