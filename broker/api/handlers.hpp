#pragma once

#include "restante/actors/protocol/confirm.hpp"
#include "restante/actors/protocol/interfaces.hpp"
#include "restante/actors/protocol/sink.hpp"
#include "restante/broker/api/answer.hpp"

#include <functional>
#include <memory>

namespace restante {

/// What to call when something comes for a connection. Called inside the broker, one call
/// at a time: be quick, do not wait there. One that throws ends its connection, nothing
/// else (spec C7); `options::log` gets a line with its name and what it threw. Those left empty
/// ignore what they would have been told.
struct handlers {
  std::function<void(const offered_notification&)> on_notification{};

  /// A set, a clear or a message on a subscribed topic.
  std::function<void(const topic_address&, const topic_event&)> on_event{};

  /// Events were left out, because the connection was slow or resumed: this is the state
  /// now, and events go on behind it (spec E14).
  std::function<void(const entries_view&)> on_snapshot{};

  /// A key of this connection belongs to another client now (spec E4).
  std::function<void(const entry_ended&)> on_lost{};

  std::function<void(const client_presence&)> on_presence{};

  /// A notification of this client's went a step further (spec N12).
  std::function<void(const notification_step&)> on_receipt{};

  /// It is up: before anything else, and from a broker elsewhere again after each
  /// interruption. Subscriptions and watches go on either way; with a `fresh` result the
  /// keys are gone and must be set again.
  std::function<void(const connect_receipt&)> on_connected{};

  /// A broker elsewhere is out of reach; the connection is looking for it.
  std::function<void(const goodbye&)> on_interrupted{};

  /// It has ended for good. Nothing comes after it.
  std::function<void(const goodbye&)> on_end{};
};

/// A sink that calls handlers; whatever it is given is taken at once.
std::unique_ptr<sink> make_sink(handlers what);

/// A sink that sends to an actor, which confirms each push (`confirm`,
/// actors/protocol/confirm.hpp).
std::unique_ptr<sink> make_sink(sink_actor out);

/// Any sink, with an answer that is fulfilled when it is attached, or cannot be.
std::unique_ptr<sink> announcing(std::unique_ptr<sink> to, answer<connect_receipt> connected);

} // namespace restante
