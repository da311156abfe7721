#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/limits.hpp"
#include "restante/messages/presence.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace restante {

/// Which ids of a namespace to list. Texts are compared byte by byte.
struct id_range {
  std::string prefix{};                 ///< only ids that begin with it; empty: all
  std::string after{};                  ///< only ids behind it; empty: from the first
  std::uint32_t limit = listed_default; ///< 1 to `listed_max`
  std::string ns{};                     ///< server identity only; a client uses its own namespace

  bool operator==(const id_range&) const = default;
};
BOOST_DESCRIBE_STRUCT(id_range, (), (prefix, after, limit, ns))

/// Whether there are ids behind the last one that was listed.
enum class list_rest : std::uint8_t { none, more };

/// Lists the clients that exist: those that are connected or watched, or have something kept.
/// Server identity only.
///
/// Sent by: the owner of a connection. Accepted by: connection, which asks every client shard for
/// ids and then each listed client for its state. Replies: clients_view; invalid_argument,
/// forbidden. Repeating it: harmless. Ordering: sees every earlier put and set of the same
/// connection. Lives: until the answer.
struct list_clients {
  operation_number op = 0;
  id_range range;

  bool operator==(const list_clients&) const = default;
};
BOOST_DESCRIBE_STRUCT(list_clients, (), (op, range))

/// Lists the topics that exist: those with keys or subscribers. A client sees only the topics that
/// it may read.
///
/// Sent by: the owner of a connection. Accepted by: connection, which asks every topic shard for
/// ids and then each listed topic for its usage. Replies: topics_view; invalid_argument. Repeating
/// it: harmless. Ordering: sees every earlier put and set of the same connection. Lives: until the
/// answer.
struct list_topics {
  operation_number op = 0;
  id_range range;

  bool operator==(const list_topics&) const = default;
};
BOOST_DESCRIBE_STRUCT(list_topics, (), (op, range))

struct listed_client {
  std::string client;
  presence state = presence::absent;
  std::uint64_t pending = 0; ///< undelivered notifications (spec N9)

  bool operator==(const listed_client&) const = default;
};
BOOST_DESCRIBE_STRUCT(listed_client, (), (client, state, pending))

/// The answer to `list_clients`.
struct clients_view {
  operation_number op = 0;
  std::vector<listed_client> clients; ///< in byte order
  std::uint64_t total = 0;            ///< all that begin with the prefix, wherever the page begins
  list_rest rest = list_rest::none;   ///< if `more`, `clients` is not empty

  bool operator==(const clients_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(clients_view, (), (op, clients, total, rest))

struct listed_topic {
  std::string topic;
  std::uint64_t keys = 0; ///< live ones (spec E8)
  std::uint64_t subscribers = 0;

  bool operator==(const listed_topic&) const = default;
};
BOOST_DESCRIBE_STRUCT(listed_topic, (), (topic, keys, subscribers))

/// The answer to `list_topics`. For its members, see `clients_view`.
struct topics_view {
  operation_number op = 0;
  std::vector<listed_topic> topics;
  std::uint64_t total = 0;
  list_rest rest = list_rest::none;

  bool operator==(const topics_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(topics_view, (), (op, topics, total, rest))

/// A pattern for ids, as the texts before, between and behind its stars. A text may be empty.
using pattern_parts = std::vector<std::string>;

/// Whether to list all ids, or only those that match a pattern.
enum class id_scope : std::uint8_t { all, matching };

/// Asks a shard which ids it has.
///
/// Sent by: connection, to every shard of a kind. Accepted by: client shard, topic shard. The shard
/// makes no child and asks no child for it. Replies: ids_view. Repeating it: harmless. Ordering:
/// none. Lives: until every shard has answered.
struct get_ids {
  operation_number op = 0;
  id_range range;
  id_scope scope = id_scope::all;
  shared<std::vector<pattern_parts>> allowed; ///< for `matching`; if empty, no id matches

  bool operator==(const get_ids&) const = default;
};
BOOST_DESCRIBE_STRUCT(get_ids, (), (op, range, scope, allowed))

/// The answer of one shard.
struct ids_view {
  operation_number op = 0;
  std::vector<std::string> ids; ///< the first ones, in byte order; at most the range's `limit`
  std::uint64_t total = 0;      ///< all ids that begin with the prefix and may be shown
  std::uint64_t behind = 0;     ///< the number of these that are behind `after`

  bool operator==(const ids_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(ids_view, (), (op, ids, total, behind))

/// Asks how much a topic is used.
///
/// Sent by: connection. Accepted by: topic, through its shard, which answers if the topic does not
/// exist. Replies: topic_usage_view. Repeating it: harmless. Ordering: sees earlier sets of the
/// same connection. Lives: until the answer.
struct get_topic_usage {
  operation_number op = 0;
  topic_address at;

  bool operator==(const get_topic_usage&) const = default;
};
BOOST_DESCRIBE_STRUCT(get_topic_usage, (), (op, at))

/// The usage of a topic. A topic with neither keys nor subscribers does not exist or is about to
/// end.
struct topic_usage_view {
  operation_number op = 0;
  std::uint64_t keys = 0;
  std::uint64_t subscribers = 0;

  bool operator==(const topic_usage_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(topic_usage_view, (), (op, keys, subscribers))

} // namespace restante
