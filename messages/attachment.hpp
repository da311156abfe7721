#pragma once

#include "restante/messages/close_code.hpp"
#include "restante/messages/errc.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/presence.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace restante {

/// When a delivered notification counts as taken (spec N11).
enum class ack_mode : std::uint8_t {
  automatic,        ///< as soon as the sink has it
  explicit_by_peer, ///< when the client acknowledges it
};

/// The role of a connection actor for its client.
enum class attachment_kind : std::uint8_t {
  attached, ///< the client's connection, or a connection that asks to become it
  visiting, ///< acts for the client beside its connection, as an HTTP request
  serving,  ///< acts for the server identity; there is no client
};

/// Whether a connect found the connection that its token names.
enum class attach_result : std::uint8_t { fresh, resumed };

/// Why a connection has ended.
enum class end_reason : std::uint8_t {
  left,        ///< a clean disconnect
  lost,        ///< its sink was lost, and no resume window runs
  taken_over,  ///< a newer connection of the same client took its place
  resumed,     ///< only the sink ended: the connection goes on with another one
  shutdown,    ///< the broker stops
  sink_failed, ///< a callback threw, or an actor that was the sink died
  refused,     ///< the connect itself was refused
};

/// The name on the wire, such as `taken_over`.
std::string_view to_string(end_reason reason);

/// The WebSocket close code of a reason (spec W6).
close_code close_code_of(end_reason reason);

/// The reason that a close code stands for.
end_reason end_reason_of(close_code code);

/// Attaches a client.
///
/// Sent by: a new connection. Accepted by: client, through its shard, which stamps the epoch.
/// Replies: client_attached, after the previous connection has ended (C2); or resume_connection to
/// the connection that it resumes (C4). Repeating it: a connection sends it once. Ordering: the
/// latest epoch wins. Lives: until the answer, or until a newer connection connects.
struct client_connected {
  client_address client;
  epoch_number epoch = 0;  ///< stamped by the shard
  std::uint64_t inbox = 0; ///< the number of the new connection's inbox
  trace_id token;          ///< the token that resumes this connection later
  trace_id resume;         ///< the token of the connection to resume; zero: none
  std::uint32_t inflight = 0;

  bool operator==(const client_connected&) const = default;
};
BOOST_DESCRIBE_STRUCT(client_connected, (), (client, epoch, inbox, token, resume, inflight))

/// Tells a connection that it is the client's current connection.
///
/// Sent by: client. Accepted by: the current connection. Replies: none. Repeating it: sent again
/// after each connection_resumed. Ordering: before any offer. Lives: until handled.
struct client_attached {
  epoch_number epoch = 0;
  std::uint64_t pending = 0; ///< undelivered notifications before the first offer (spec W4)

  bool operator==(const client_attached&) const = default;
};
BOOST_DESCRIBE_STRUCT(client_attached, (), (epoch, pending))

/// Hands the inbox of a newer connection to the connection that it resumes.
///
/// Sent by: client, in the newer connection's name. Accepted by: the current connection. Replies:
/// connection_resumed to the client, through its shard. Repeating it: the last one counts.
/// Ordering: after what the client sent before. Lives: until handled.
struct resume_connection {
  std::uint64_t inbox = 0;

  bool operator==(const resume_connection&) const = default;
};
BOOST_DESCRIBE_STRUCT(resume_connection, (), (inbox))

/// Tells a client that its connection has a sink again, and that deliveries in flight may be lost.
/// Tells a newer connection that an older one took its inbox.
///
/// Sent by: connection. Accepted by: its client, through the shard; and the newer connection, which
/// ends. Replies of the client: client_attached, then offers of everything in flight, with higher
/// `attempts`. Repeating it: the client offers again. Ordering: with an older epoch it changes
/// nothing. Lives: until handled.
struct connection_resumed {
  client_address client;
  epoch_number epoch = 0;
  std::uint64_t inbox = 0;
  std::uint32_t inflight = 0;

  bool operator==(const connection_resumed&) const = default;
};
BOOST_DESCRIBE_STRUCT(connection_resumed, (), (client, epoch, inbox, inflight))

/// Tells a client that its connection has lost its sink and waits to be resumed: it gets no offers
/// for now.
///
/// Sent by: connection. Accepted by: its client, through the shard. Replies: none.
/// Repeating it: harmless. Ordering: with an older epoch it changes nothing. Lives: until handled.
struct connection_detached {
  client_address client;
  epoch_number epoch = 0;

  bool operator==(const connection_detached&) const = default;
};
BOOST_DESCRIBE_STRUCT(connection_detached, (), (client, epoch))

/// Tells a client that its connection has ended, for any reason (spec C1).
///
/// Sent by: the connection, as its last message; or the client, which saw the connection go down.
/// Both send it through the shard. Accepted by: client. Replies: none. Repeating it, or sending it
/// with an older epoch, changes nothing. Lives: until handled.
struct client_disconnected {
  client_address client;
  epoch_number epoch = 0;

  bool operator==(const client_disconnected&) const = default;
};
BOOST_DESCRIBE_STRUCT(client_disconnected, (), (client, epoch))

/// Tells a connection that a newer connection has taken over (spec C2).
///
/// Sent by: client. Accepted by: the older connection, which ends. Replies: client_disconnected, if
/// the connection was attached. Repeating it: harmless. Ordering: none. Lives: until handled.
struct taken_over {
  bool operator==(const taken_over&) const = default;
};
BOOST_DESCRIBE_STRUCT(taken_over, (), ())

/// The result of a connect (spec C1, C4, W4).
///
/// Sent by: connection. Accepted by: its sink. Replies: none. Repeating it: sent once to each sink.
/// Ordering: before any push. Lives: until handled.
struct connect_receipt {
  client_address client;
  epoch_number epoch = 0;
  trace_id resume; ///< the token to resume this connection with
  attach_result result = attach_result::fresh;
  std::uint64_t pending = 0; ///< before anything is delivered

  bool operator==(const connect_receipt&) const = default;
};
BOOST_DESCRIBE_STRUCT(connect_receipt, (), (client, epoch, resume, result, pending))

/// Tells a sink why its connection has ended (spec W6).
///
/// Sent by: connection. Accepted by: its sink. Replies: none. Repeating it: sent once. Ordering:
/// nothing follows it. Lives: until handled.
struct goodbye {
  end_reason reason = end_reason::left;
  errc code = errc::none; ///< why the connect was refused; otherwise `none`

  bool operator==(const goodbye&) const = default;
};
BOOST_DESCRIBE_STRUCT(goodbye, (), (reason, code))

/// The close code of an end. If the connect was refused for now, the code is 4003, or 4001 if the
/// broker stops: the client may try again.
close_code close_code_of(const goodbye& why);

/// Tells a connection that its sink has taken a push.
///
/// Sent by: an actor that is a sink, for each push. Accepted by: connection. Replies: none.
/// Repeating it: confirms one more push. Ordering: in the order of the pushes. Lives: until
/// handled.
struct push_taken {
  bool operator==(const push_taken&) const = default;
};
BOOST_DESCRIBE_STRUCT(push_taken, (), ())

/// Tells a connection that something waits in its inbox: operations, a new sink, or the news that
/// the old sink is lost.
///
/// Sent by: the thread that used the inbox. Accepted by: connection. Replies: none. Repeating it:
/// harmless: the inbox is empty. Ordering: the inbox keeps the order. Lives: until handled.
struct inbox_ready {
  bool operator==(const inbox_ready&) const = default;
};
BOOST_DESCRIBE_STRUCT(inbox_ready, (), ())

/// The alarm of a connection: the deadline of an operation, the end of the resume window, or the
/// time to ask for missed changes may have come.
///
/// Sent by: the connection, delayed, to itself. Accepted by: itself. Replies: none. Repeating it:
/// finds nothing due. Lives: until `armed_for`.
struct connection_due {
  instant armed_for;

  bool operator==(const connection_due&) const = default;
};
BOOST_DESCRIBE_STRUCT(connection_due, (), (armed_for))

/// Watches a client: asks for its presence, now and at each change (spec C5).
///
/// Sent by: connection. Accepted by: client, through its shard. Replies: operation_done, then
/// client_presence, now and at each change. Repeating it: the client answers again and adds no
/// second watch. Ordering: the changes come in order. Lives: until `unwatch_client` or the
/// connection's end.
struct watch_client {
  operation_number op = 0;
  client_address client;

  bool operator==(const watch_client&) const = default;
};
BOOST_DESCRIBE_STRUCT(watch_client, (), (op, client))

/// Ends a watch.
///
/// Sent by: connection. Accepted by: client, through its shard. Replies: operation_done. Repeating
/// it: changes nothing. Ordering: no client_presence follows the answer. Lives: until the answer.
struct unwatch_client {
  operation_number op = 0;
  client_address client;

  bool operator==(const unwatch_client&) const = default;
};
BOOST_DESCRIBE_STRUCT(unwatch_client, (), (op, client))

/// Tells a connection whether a client that it watches is present.
///
/// Sent by: client. Accepted by: the connections that watch it. Replies: none. Repeating it:
/// harmless. Lives: until handled.
struct client_presence {
  std::string client;
  presence state = presence::absent;

  bool operator==(const client_presence&) const = default;
};
BOOST_DESCRIBE_STRUCT(client_presence, (), (client, state))

} // namespace restante
