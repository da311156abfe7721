#pragma once

#include "restante/messages/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace restante {

/// Every bound of the broker, with its reason (spec §8). The bounds that an operator may change are
/// members of `limits`, with these defaults; the rest is part of the protocol.

/// Ids are index keys and metric-free labels; 256 bytes hold any sane name.
inline constexpr std::size_t id_bytes_max = 256;

/// A pack or reply is a message, not a file: one TCP window, one journal page run.
inline constexpr std::size_t pack_bytes_max = std::size_t{64} * 1024;

/// Ephemeral state is fanned out at typing speed, so it is smaller still.
inline constexpr std::size_t ephemeral_bytes_max = std::size_t{16} * 1024;

/// One turn of a target's mailbox stays short however many targets a caller names.
inline constexpr std::size_t put_many_targets_max = 1024;

/// Waiters pin connections; more than a handful on one reply is a mistake.
inline constexpr std::size_t waiters_max = 8;

/// A snapshot is one frame, and frames end at a mebibyte or two.
inline constexpr std::size_t topic_bytes_max = std::size_t{2} * 1024 * 1024;

/// How many topics and clients a connection may follow.
inline constexpr std::size_t subscriptions_max = 1024;
inline constexpr std::size_t watches_max = 1024;

/// Unacknowledged at once: enough to hide a round trip, few enough to send again.
inline constexpr std::uint32_t inflight_max = 64;

/// The longest lease. A key normally ends with its connection; the lease is the backstop.
inline constexpr duration lease_max = std::chrono::minutes{30};

/// The longest a lost connection may keep its keys.
inline constexpr duration resume_window_max = std::chrono::minutes{5};

/// Entries in a page of clients or topics, by default and at most: each entry costs a message to
/// its actor, and a page is one frame.
inline constexpr std::uint32_t listed_default = 64;
inline constexpr std::uint32_t listed_max = 256;

/// How much one connection may have under way inside the broker: mailboxes have no bound.
inline constexpr std::size_t credit_bytes_max = std::size_t{1} * 1024 * 1024;

/// The fixed cost of a record, an id or an actor, beside its payload (spec N18): measured once on
/// x86-64 and rounded up, so the bound is about real memory.
inline constexpr std::size_t record_cost_bytes = 512;
inline constexpr std::size_t entry_cost_bytes = 384;
inline constexpr std::size_t actor_cost_bytes = 2560;

/// How a put is treated when the target is full (spec N4).
enum class cap_policy : std::uint8_t {
  standard, ///< the broker's setting
  evict,    ///< the oldest queued one goes
  reject,   ///< the new one is refused
};

std::string_view to_string(cap_policy what);

/// The bounds an embedder or operator may move.
struct limits {
  /// Undelivered notifications per target, at least 1; the oldest goes first (spec N4).
  std::uint32_t queue_length = 1024;

  /// The policy at that bound for a put that names none: evict, or reject (spec N4).
  cap_policy at_cap = cap_policy::evict;

  /// Delivered records kept per target for status and reply (spec N6).
  std::uint32_t delivered_length = 1024;

  /// How long a notification lives when its put does not say (spec N2).
  duration ttl_default = std::chrono::hours{24};

  /// How long a key lives when its set does not say (spec E2).
  duration lease_default = std::chrono::seconds{60};

  /// Keys one client may own over all topics of its namespace (spec E3).
  std::uint32_t keys_per_client = 256;

  /// Packs, replies, ephemeral payloads and a fixed cost per record, id and actor, over the
  /// whole broker and within one namespace (spec N18). What is queued for readers has a budget
  /// of its own, a quarter of the first.
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  std::uint64_t namespace_memory_bytes = std::uint64_t{1} << 30;

  /// Operations of one connection inside the broker at once; those of an in-process
  /// caller wait in front of it up to `waiting_operations` and `waiting_bytes`. A put to many
  /// targets counts as that many.
  std::uint32_t credit_operations = 256;
  std::uint32_t server_credit_operations = 8192;
  std::uint32_t waiting_operations = 65'536;
  std::uint64_t waiting_bytes = std::uint64_t{64} << 20;

  /// Output that a sink has taken and not confirmed yet (spec E14).
  std::uint64_t output_bytes = std::uint64_t{4} << 20;

  /// Changes on their way to the journal. Beyond this bound puts are refused `overloaded`.
  std::uint32_t journal_waiting_changes = 65'536;
  std::uint64_t journal_waiting_bytes = std::uint64_t{64} << 20;

  /// After this an operation without an answer ends `unknown_outcome`.
  duration operation_deadline = std::chrono::seconds{10};

  /// 0 means unlimited.
  std::uint32_t connections = 0;
  std::uint32_t clients_per_namespace = 0;
  std::uint32_t topics_per_namespace = 0;
  std::uint32_t puts_per_second = 0; ///< of one client connection
};

} // namespace restante
