#pragma once

#include "restante/actors/protocol/connection_endpoint.hpp"
#include "restante/broker/gateway/outbox.hpp"
#include "restante/broker/gateway/reply_to.hpp"

#include <memory>
#include <string>

namespace restante::gateway {

/// What the sink of a WebSocket needs to know of its `connect`.
struct ws_sink_setup {
  reply_to connect;                        ///< how it is answered
  duration ping{0};                        ///< announced in that answer
  ack_mode acks = ack_mode::automatic;     ///< who acknowledges a delivery
  std::optional<duration> token_expires{}; ///< in how long; announced too
};

/// A connection's output as the frames of the wire, into an outbox. Runs in the connection's
/// actor: encoding is spread over CAF's threads.
std::unique_ptr<sink> make_ws_sink(std::shared_ptr<outbox> outbox, ws_sink_setup how);

/// The frame of a delivery that waited in the outbox for its turn.
std::string frame_of_waiting(const delivery& it);

/// An answer as a frame; empty when it is a success that nobody asked to hear of.
std::string reply_frame(const reply_to& to, std::string_view rest);

/// What an operation came to, as the rest of an answer: `"ok":true,…`.
std::string rest_of(const answer_value& value);

/// The same for a visit, which cannot know whether somebody is connected.
std::string rest_for_visit(const answer_value& value);

} // namespace restante::gateway
