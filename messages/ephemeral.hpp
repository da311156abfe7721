#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/errc.hpp"
#include "restante/messages/ids.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace restante {

/// The kind of an event on a topic.
enum class event_kind : std::uint8_t { set, clear, message };

/// Why a key was cleared, as subscribers see it (spec W1).
enum class clear_reason : std::uint8_t { explicit_clear, disconnect, expired };

std::string_view to_string(clear_reason reason);

/// Asks a topic to hold a key for its owner until the lease runs out (spec E1).
///
/// Sent by: connection, for its client. Accepted by: topic, through its shard. Replies:
/// entry_receipt; topic_full, overloaded, publisher_failed. Repeating it: harmless: the lease
/// starts again and the payload is replaced. Ordering: the messages of one connection arrive in the
/// order of sending. Its owner_gone arrives last, so a connection that is gone cannot bring its
/// keys back (spec E12). Lives: until the answer.
struct set_entry {
  operation_number op = 0;
  topic_address at;
  std::string key;
  std::string client; ///< the owner's client, shown in events
  body payload;
  duration ttl{0}; ///< <= 0: the default; clamped to 30 min (spec E2)
  lease_number lease = 0;

  bool operator==(const set_entry&) const = default;
};
BOOST_DESCRIBE_STRUCT(set_entry, (), (op, at, key, client, payload, ttl, lease))

/// Removes a key that the sender owns. For any other key it succeeds without effect (E5).
///
/// Sent by: connection, for its client. Accepted by: topic, through its shard. Replies:
/// operation_done; publisher_failed. Repeating it: changes nothing. Ordering: the messages of one
/// connection arrive in the order of sending. Lives: until the answer.
struct clear_entry {
  operation_number op = 0;
  topic_address at;
  std::string key;

  bool operator==(const clear_entry&) const = default;
};
BOOST_DESCRIBE_STRUCT(clear_entry, (), (op, at, key))

/// The answer to `set_entry`; a refusal is an operation_failed.
struct entry_receipt {
  operation_number op = 0;
  instant expires_at;

  bool operator==(const entry_receipt&) const = default;
};
BOOST_DESCRIBE_STRUCT(entry_receipt, (), (op, expires_at))

/// How an owner lost a key that it did not clear.
enum class entry_end : std::uint8_t { taken_over, expired };

/// Tells an owner that it lost a key that it did not clear.
///
/// Sent by: topic. Accepted by: the connection that owned the key. Replies: none. Repeating it:
/// harmless: the second message names a lease that has ended. Ordering: it may cross a renewal of
/// the key, so it carries the number of the lease. Lives: until handled.
struct entry_ended {
  topic_address at;
  std::string key;
  lease_number lease = 0;
  entry_end how = entry_end::expired;
  std::string new_client; ///< the client that took the key over

  bool operator==(const entry_ended&) const = default;
};
BOOST_DESCRIBE_STRUCT(entry_ended, (), (at, key, lease, how, new_client))

/// One live entry as `list` shows it (spec E8).
struct entry_view {
  std::string key;
  std::string client;
  body payload;
  duration expires_in{0};

  bool operator==(const entry_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(entry_view, (), (key, client, payload, expires_in))

/// Asks for a topic's live entries (spec E8).
///
/// Sent by: connection. Accepted by: topic, through its shard. The shard answers if the topic
/// does not exist. Replies: entries_view. Repeating it: harmless. Ordering: sees earlier sets of
/// the same connection. Lives: until the answer.
struct list_entries {
  operation_number op = 0;
  topic_address at;

  bool operator==(const list_entries&) const = default;
};
BOOST_DESCRIBE_STRUCT(list_entries, (), (op, at))

/// The reason why an entries_view is sent.
enum class view_reason : std::uint8_t { list, subscribe, resync };

/// The entries of a topic, and the position in the topic's stream at which they were read (spec
/// E11).
struct entries_view {
  operation_number op = 0;
  view_reason reason = view_reason::list;
  std::string topic;
  std::vector<entry_view> entries; ///< in byte order of the keys
  epoch_number epoch = 0;
  std::uint64_t seq = 0;

  bool operator==(const entries_view&) const = default;
};
BOOST_DESCRIBE_STRUCT(entries_view, (), (op, reason, topic, entries, epoch, seq))

/// Starts or restarts a subscription (spec E11).
///
/// Sent by: connection. Accepted by: topic, through its shard. Replies: entries_view, then the
/// stream of topic_events. Repeating it: the topic answers again and adds no second subscription.
/// Ordering: the events after the answer continue from the answer's `seq`. Lives: until
/// `unsubscribe_topic` or the connection's end.
struct subscribe_topic {
  operation_number op = 0;
  topic_address at;
  view_reason reason = view_reason::subscribe;

  bool operator==(const subscribe_topic&) const = default;
};
BOOST_DESCRIBE_STRUCT(subscribe_topic, (), (op, at, reason))

/// Ends a subscription.
///
/// Sent by: connection. Accepted by: topic, through its shard. Replies: operation_done. Repeating
/// it: changes nothing. Ordering: no event follows the answer. Lives: until the answer.
struct unsubscribe_topic {
  operation_number op = 0;
  topic_address at;

  bool operator==(const unsubscribe_topic&) const = default;
};
BOOST_DESCRIBE_STRUCT(unsubscribe_topic, (), (op, at))

/// Delivers an application message to the present subscribers, at most once (E16).
///
/// Sent by: connection. Accepted by: topic, through its shard. The shard drops the message, and
/// answers, if the topic does not exist. Replies: operation_done; publisher_failed. Repeating it:
/// publishes a second message. Ordering: the message has a `seq` in the stream of the topic. Lives:
/// until handed on.
struct publish_message {
  operation_number op = 0;
  topic_address at;
  std::string client;
  body data;

  bool operator==(const publish_message&) const = default;
};
BOOST_DESCRIBE_STRUCT(publish_message, (), (op, at, client, data))

/// Tells a topic that a connection is gone: the topic clears the keys of the connection and ends
/// its subscription (spec E6).
///
/// Sent by: the ending connection; or, in the connection's name, a topic that saw the connection go
/// down. Both send it through the shard, so it arrives after the connection's other messages.
/// Accepted by: topic. Replies: none. Repeating it: changes nothing. Lives: until handled.
struct owner_gone {
  topic_address at;

  bool operator==(const owner_gone&) const = default;
};
BOOST_DESCRIBE_STRUCT(owner_gone, (), (at))

/// Tells a connection that a topic failed: its keys there are lost, and its subscription must be
/// made again.
///
/// Sent by: a crashed topic. Accepted by: the connections that had keys or a subscription there.
/// Replies: none. Repeating it: harmless. Lives: until handled.
struct topic_failed {
  topic_address at;

  bool operator==(const topic_failed&) const = default;
};
BOOST_DESCRIBE_STRUCT(topic_failed, (), (at))

/// Adds a subscriber to a relay of its topic.
///
/// Sent by: topic, in the subscriber's name. Accepted by: relay. Replies: none. Repeating it: the
/// topic sends it once for each subscriber. Ordering: before the first event for this subscriber.
/// Lives: until handled.
struct relay_to {
  bool operator==(const relay_to&) const = default;
};
BOOST_DESCRIBE_STRUCT(relay_to, (), ())

/// Removes a subscriber from a relay.
///
/// Sent by: topic, in the subscriber's name. Accepted by: relay. Replies: none. Repeating it:
/// changes nothing. Ordering: no later event goes to this subscriber. Lives: until handled.
struct relay_no_longer {
  bool operator==(const relay_no_longer&) const = default;
};
BOOST_DESCRIBE_STRUCT(relay_no_longer, (), ())

/// One event of a topic's stream.
struct topic_event {
  event_kind kind = event_kind::set;
  std::uint64_t seq = 0;
  std::string key;    ///< empty for a message
  std::string client; ///< the owner of the key, or the publisher of the message
  body payload;       ///< the payload of a set, or the data of a message
  clear_reason reason = clear_reason::explicit_clear;

  bool operator==(const topic_event&) const = default;
};
BOOST_DESCRIBE_STRUCT(topic_event, (), (kind, seq, key, client, payload, reason))

/// The changes that a topic made in one turn, in order.
struct event_batch {
  topic_address at;
  epoch_number epoch = 0;
  std::vector<topic_event> events;

  bool operator==(const event_batch&) const = default;
};
BOOST_DESCRIBE_STRUCT(event_batch, (), (at, epoch, events))

/// A batch of events. It is immutable, and all receivers share it. Its JSON is made at most once,
/// by the first receiver that needs it.
///
/// Sent by: topic. Accepted by: every connection that subscribed. Replies: none. Repeating it:
/// never; a receiver would notice it by `seq`. Ordering: by `seq` within `epoch` (spec E10). Lives:
/// until the last subscriber has handed it on.
class topic_events {
public:
  topic_events() = default;
  explicit topic_events(event_batch batch);

  const event_batch& batch() const;

  /// The frames of the batch, one for each event. The first call makes them with `encode`; every
  /// call must pass the same function. Safe from several threads.
  using encoder = std::vector<std::string> (*)(const event_batch&);
  const std::vector<std::string>& frames(encoder encode) const;

  bool operator==(const topic_events& other) const { return batch() == other.batch(); }

  template <class Inspector>
  friend auto inspect(Inspector& f, topic_events& x) {
    return inspect_as<event_batch>(
        f, [&x] { return x.batch(); },
        [&x](event_batch batch) { x = topic_events{std::move(batch)}; });
  }

private:
  struct content {
    event_batch batch;
    mutable std::once_flag encoded;
    mutable std::vector<std::string> frames;
  };

  std::shared_ptr<const content> content_;
};

} // namespace restante
