#pragma once

#include "restante/tests/simulation/exact_json.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace restante::simulation {

/// Nanoseconds since the start of the script.
using instant = std::int64_t;

constexpr instant never = INT64_MAX;

/// The identity that carries out a line: a connected client, or the server identity.
struct caller {
  std::string ns;
  std::optional<std::string> as;
};

/// A `notify.await` without an answer yet.
struct waiter {
  json id;
  std::optional<std::string> by;
  instant deadline = never;
};

struct put_fields {
  std::string from;
  json pack;
  bool suit = false;
  bool receipts = false;
  std::int64_t ttl_ms = 0;
  std::optional<std::string> message_id;
  std::optional<std::string> collapse_key;
  std::int64_t delay_ms = 0;
  /// At the cap this put is refused and evicts nothing.
  bool rejected_at_cap = false;
};

struct notification {
  std::string trace;
  std::string to;
  put_fields what;
  /// The number of this notification in the order of acceptance at its target: a newer one has a
  /// greater number.
  std::uint64_t number = 0;
  instant created_at = 0;
  instant expires_at = never;
  /// The notification was put with a delay, which ends then.
  std::optional<instant> due_at;
  /// The delay has not ended: the notification is not in the queue yet.
  bool scheduled = false;
  /// Offered to the present connection and not acknowledged.
  bool in_flight = false;
  /// Whether it was ever offered. After an offer, the state is never `queued` again.
  bool offered = false;
  std::optional<instant> delivered_at;
  /// Numbers deliveries, so that the oldest record can be forgotten first.
  std::uint64_t delivered_rank = 0;
  std::optional<instant> replied_at;
  json reply;
  std::uint32_t attempts = 0;
  std::vector<waiter> waiters;
};

/// In the order of eligibility, which is the order of delivery: a scheduled notification moves to
/// the end when it becomes due. Until then scheduled notifications are in the order of acceptance.
using notifications = std::list<notification>;

struct connection {
  /// False while a resume window runs; it ends at `deadline`.
  bool attached = true;
  instant deadline = never;
  bool acks_itself = true;
  std::size_t window = 0;
  std::int64_t resume_window_ms = 0;
  std::string epoch;
  std::string token;
  std::set<std::string> subscriptions;
  std::set<std::string> watches;
  std::map<std::pair<std::string, std::string>, json> losses; ///< while detached, by topic and key
};

struct client {
  std::optional<connection> link;
  /// Every remembered notification, delivered ones included.
  notifications records;
  std::uint64_t connects = 0;
  std::uint64_t accepted = 0;
  std::uint64_t deliveries = 0;
};

struct entry {
  std::string owner;
  std::string payload;
  instant expires_at = never;
};

/// A topic without entries and subscribers does not exist; its next use makes another incarnation
/// with another epoch.
struct topic {
  std::string epoch;
  std::uint64_t seq = 0;
  std::map<std::string, entry> entries;
};

struct tenant {
  std::map<std::string, client> clients;
  std::map<std::string, topic> topics;
  std::map<std::string, std::uint64_t> incarnations;
  /// Since the last purge (spec N8).
  std::uint64_t expired = 0;
};

/// Whole milliseconds, rounded down.
constexpr std::int64_t ms_of(instant t) {
  return t / 1'000'000;
}

/// The answer of `notify.status` for a notification.
json view_of(const notification& what);

} // namespace restante::simulation
