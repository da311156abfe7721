#pragma once

#include "restante/actors/protocol/confirm.hpp"
#include "restante/actors/protocol/interfaces.hpp"
#include "restante/actors/protocol/sink.hpp"
#include "restante/broker/api/answer.hpp"

#include <functional>
#include <memory>

namespace restante {

/// Callbacks for the output of a connection. They run inside the broker, one at a time: be quick,
/// and do not wait there. A callback that throws ends only its own connection (spec C7), and
/// `options::log` gets a line with its name and the exception. Empty callbacks ignore their events.
struct handlers {
  std::function<void(const offered_notification&)> on_notification{};

  /// A set, a clear or a message on a subscribed topic.
  std::function<void(const topic_address&, const topic_event&)> on_event{};

  /// Events were left out because the connection was slow or resumed. This is the state now, and
  /// later events follow it (spec E14).
  std::function<void(const entries_view&)> on_snapshot{};

  /// Another client owns a key of this connection now (spec E4).
  std::function<void(const entry_ended&)> on_lost{};

  std::function<void(const client_presence&)> on_presence{};

  /// A notification that this client put reached its next step (spec N12).
  std::function<void(const notification_step&)> on_receipt{};

  /// The connection is up. This comes before anything else, and for a remote broker again after
  /// each interruption. Subscriptions and watches continue in both cases. With a `fresh` result the
  /// keys are gone and must be set again.
  std::function<void(const connect_receipt&)> on_connected{};

  /// A remote broker is out of reach; the connection keeps trying to reach it.
  std::function<void(const goodbye&)> on_interrupted{};

  /// The connection has ended. No callback comes after this one.
  std::function<void(const goodbye&)> on_end{};
};

/// A sink that calls handlers and takes every push immediately.
std::unique_ptr<sink> make_sink(handlers what);

/// A sink that sends to an actor, which confirms each push (`confirm`,
/// actors/protocol/confirm.hpp).
std::unique_ptr<sink> make_sink(sink_actor out);

/// Wraps a sink. `connected` is fulfilled when the sink is attached or cannot be attached.
std::unique_ptr<sink> announcing(std::unique_ptr<sink> to, answer<connect_receipt> connected);

} // namespace restante
