#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// The baseline of the benchmarks: one mutex and maps, with the semantics of the reference
/// documents. It is meant to be as fast as that design can be: payloads are shared, random bytes
/// come from a pool, records are built before the lock is taken and freed after the lock is
/// released. It keeps the layout of the references on purpose, because the layout is what the
/// benchmarks compare: one lock for all callers, a purge that walks all records, a list that walks
/// every value of every topic.
namespace restante::benchmarks {

using store_clock = std::chrono::steady_clock;
using store_time = store_clock::time_point;
using clock_source = std::function<store_time()>;

/// Immutable bytes in one allocation, shared by all copies.
class shared_payload {
public:
  shared_payload() = default;
  explicit shared_payload(std::span<const std::byte> bytes);
  std::span<const std::byte> bytes() const noexcept { return {bytes_.get(), size_}; }

private:
  std::shared_ptr<const std::byte[]> bytes_;
  std::size_t size_ = 0;
};

/// 128 random bits. A default-constructed trace belongs to no notification.
struct random_trace {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const random_trace&) const = default;
};

/// A new trace from the operating system's CSPRNG, 256 for each system call.
random_trace new_random_trace();

/// Looks up `std::string` keys by view. Not noexcept on purpose: libstdc++ then stores the hash in
/// the node, so neither a walk nor a rehash computes the hash again.
struct view_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

/// The bits are random already, so they are their own hash. Not noexcept, so that libstdc++ stores
/// the hash in the node: this saves a tenth to a third of a put, measured.
struct trace_hash {
  std::size_t operator()(const random_trace& trace) const { return trace.low; }
};

/// A snapshot of one notification.
struct stored_notification {
  random_trace trace;
  std::string from;
  std::string to;
  shared_payload pack;
  bool suit = false;
  store_time created_at;
  store_time expires_at;
  std::optional<store_time> delivered_at;
  std::optional<store_time> replied_at;
  shared_payload reply;
};

struct stored_receipt {
  random_trace trace;
  store_time created_at;
  store_time expires_at;
};

/// Store-and-forward notifications. Every call is safe from every thread.
class notification_store {
public:
  struct limits {
    std::chrono::nanoseconds default_ttl = std::chrono::hours{24};
    std::size_t per_target_max = 1024;
    /// Reserves space at the start, because a store that has run for a while has that space.
    std::size_t expected_notifications = 0;
  };

  notification_store();
  explicit notification_store(limits bounds, clock_source now = &store_clock::now);

  /// Queues a notification for `to`. At the cap, the oldest queued notification is forgotten. A
  /// `ttl` of zero or less means the default.
  stored_receipt put(std::string_view from, std::string_view to, shared_payload pack, bool suit,
                     std::chrono::nanoseconds ttl);

  /// Takes every queued notification that has not expired, oldest first, and marks it delivered.
  /// The trace stays known until the TTL is over.
  std::vector<stored_notification> drain(std::string_view to);

  /// Empty when the trace is unknown or its notification expired.
  std::optional<stored_notification> status(const random_trace& trace) const;

  /// Records the reply to a suit. A later reply replaces an earlier one. Empty when the trace is
  /// unknown, expired or no suit.
  std::optional<stored_notification> reply(const random_trace& trace, shared_payload value);

  /// Removes expired notifications and returns their number. A janitor calls this function from
  /// time to time; all other callers wait during the walk.
  std::size_t purge();

  /// Includes expired notifications that no call has touched yet.
  std::size_t pending(std::string_view to) const;

private:
  // The map's nodes own the notifications and never move, so queues point at them.
  using trace_map = std::unordered_map<random_trace, stored_notification, trace_hash>;
  // The queue repeats the deadline, so that a purge need not read each notification.
  struct queued {
    stored_notification* notification;
    store_time expires_at;
  };
  using target_queue = std::deque<queued>;

  limits limits_;
  clock_source now_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, target_queue, view_hash, std::equal_to<>> pending_;
  trace_map by_trace_;
};

} // namespace restante::benchmarks
