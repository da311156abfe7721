#pragma once

#include "restante/messages/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace restante {

/// The bounds of the broker, with their reasons (spec §8). The bounds that an operator may change
/// are members of `limits`, with these defaults; the others are part of the protocol.

/// Ids are keys of indexes; 256 bytes hold any sensible name.
inline constexpr std::size_t id_bytes_max = 256;

/// A pack or a reply is a message, not a file: it fits into one TCP window and one run of journal
/// pages.
inline constexpr std::size_t pack_bytes_max = std::size_t{64} * 1024;

/// The payload of a key goes to all subscribers as fast as a user types, so it must be smaller
/// still.
inline constexpr std::size_t ephemeral_bytes_max = std::size_t{16} * 1024;

/// One turn of a connection stays short, even for the largest `put_many`.
inline constexpr std::size_t put_many_targets_max = 1024;

/// Each wait occupies a connection; more than a handful of waits for one reply are a mistake.
inline constexpr std::size_t waiters_max = 8;

/// A snapshot of a topic is one frame, so the entries of a topic must fit into a frame.
inline constexpr std::size_t topic_bytes_max = std::size_t{2} * 1024 * 1024;

/// How many topics and clients a connection may follow.
inline constexpr std::size_t subscriptions_max = 1024;
inline constexpr std::size_t watches_max = 1024;

/// How many deliveries may be unacknowledged: enough to hide a round trip, few enough to send
/// again.
inline constexpr std::uint32_t inflight_max = 64;

/// The longest lease. A key normally ends with its connection; the lease ends it in all other
/// cases.
inline constexpr duration lease_max = std::chrono::minutes{30};

/// How long a lost connection may keep its keys at most.
inline constexpr duration resume_window_max = std::chrono::minutes{5};

/// Entries in a page of clients or topics, by default and at most: each entry costs a message to
/// its actor, and a page is one frame.
inline constexpr std::uint32_t listed_default = 64;
inline constexpr std::uint32_t listed_max = 256;

/// How many bytes of operations one connection may have in progress in the broker. The mailboxes of
/// CAF have no bound.
inline constexpr std::size_t credit_bytes_max = std::size_t{1} * 1024 * 1024;

/// The fixed cost of a record, an id or an actor, beside its payload (spec N18). It was measured
/// once on x86-64 and rounded up, so the bound is about real memory.
inline constexpr std::size_t record_cost_bytes = 512;
inline constexpr std::size_t entry_cost_bytes = 384;
inline constexpr std::size_t actor_cost_bytes = 2560;

/// How a put is treated when the target is full (spec N4).
enum class cap_policy : std::uint8_t {
  standard, ///< the broker's setting
  evict,    ///< the oldest queued notification is removed
  reject,   ///< the new notification is refused
};

std::string_view to_string(cap_policy what);

/// The bounds that an embedder or operator may change.
struct limits {
  /// Undelivered notifications per target, at least 1. At this bound, `at_cap` decides (spec N4).
  std::uint32_t queue_length = 1024;

  /// What happens at that bound to a put that names no policy: evict, or reject (spec N4).
  cap_policy at_cap = cap_policy::evict;

  /// Delivered records kept per target for status and reply (spec N6).
  std::uint32_t delivered_length = 1024;

  /// How long a notification lives when its put does not say (spec N2).
  duration ttl_default = std::chrono::hours{24};

  /// How long a key lives when its set does not say (spec E2).
  duration lease_default = std::chrono::seconds{60};

  /// Keys one client may own over all topics of its namespace (spec E3).
  std::uint32_t keys_per_client = 256;

  /// Packs, replies, ephemeral payloads and a fixed cost per record, id and actor, over the whole
  /// broker and within one namespace (spec N18). Output that is queued for readers has its own
  /// budget, a quarter of `memory_bytes`.
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  std::uint64_t namespace_memory_bytes = std::uint64_t{1} << 30;

  /// How many operations of one connection may be in progress in the broker. More operations of an
  /// in-process caller wait in the connection's inbox, up to `waiting_operations` and
  /// `waiting_bytes`. A put to many targets counts once for each target.
  std::uint32_t credit_operations = 256;
  std::uint32_t server_credit_operations = 8192;
  std::uint32_t waiting_operations = 65'536;
  std::uint64_t waiting_bytes = std::uint64_t{64} << 20;

  /// Output that a sink has taken and has not confirmed yet (spec E14).
  std::uint64_t output_bytes = std::uint64_t{4} << 20;

  /// Changes on their way to the journal. Beyond this bound puts are refused `overloaded`.
  std::uint32_t journal_waiting_changes = 65'536;
  std::uint64_t journal_waiting_bytes = std::uint64_t{64} << 20;

  /// An operation that has no answer after this time ends with `unknown_outcome`.
  duration operation_deadline = std::chrono::seconds{10};

  /// 0 means unlimited.
  std::uint32_t connections = 0;
  std::uint32_t clients_per_namespace = 0;
  std::uint32_t topics_per_namespace = 0;
  std::uint32_t puts_per_second = 0; ///< of one client connection
};

} // namespace restante
