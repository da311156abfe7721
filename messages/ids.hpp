#pragma once

#include "restante/messages/inspect.hpp"
#include "restante/messages/instant.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace restante {

/// The address of notifications: a client inside a namespace. The default namespace is empty.
struct client_address {
  std::string ns;
  std::string client;

  auto operator<=>(const client_address&) const = default;
};
BOOST_DESCRIBE_STRUCT(client_address, (), (ns, client))

/// The address of a topic, which holds ephemeral keys and has subscribers.
struct topic_address {
  std::string ns;
  std::string topic;

  auto operator<=>(const topic_address&) const = default;
};
BOOST_DESCRIBE_STRUCT(topic_address, (), (ns, topic))

/// The number of an operation, by which its connection finds the outcome. 0: no outcome is needed.
using operation_number = std::uint64_t;

/// Tells late messages from current ones: a late message has a smaller number. A shard assigns the
/// numbers. They grow even if an actor retires or the broker restarts.
using epoch_number = std::uint64_t;

/// The number of one lease on a key, counted by the connection that owns the key.
using lease_number = std::uint64_t;

/// The keyed hash of an address. Every trace contains 48 bits of it (spec N3).
using route_number = std::uint64_t;

/// 128 bits, written as 32 lowercase hex characters: the public id of a notification, or the token
/// that resumes a connection. All zero means none.
struct trace_id {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  static constexpr unsigned route_bits = 48;

  /// A trace for a target with this route; `random` gives the other 80 bits.
  static trace_id make(route_number route, const std::array<std::uint8_t, 10>& random);

  /// The 48 bits that say which shard, and which clients, to ask.
  route_number route() const { return high >> (64 - route_bits); }

  explicit operator bool() const { return high != 0 || low != 0; }
  auto operator<=>(const trace_id&) const = default;
};
BOOST_DESCRIBE_STRUCT(trace_id, (), (high, low))

std::string to_string(const trace_id& trace);

/// Accepts exactly 32 lowercase hex characters that are not all zero.
std::optional<trace_id> trace_of(std::string_view text);

struct trace_hash {
  std::size_t operator()(const trace_id& trace) const {
    return static_cast<std::size_t>(trace.low ^ (trace.high * 0x9e3779b97f4a7c15ULL));
  }
};

} // namespace restante
