#pragma once

#include "restante/actors/protocol/connection_endpoint.hpp"
#include "restante/broker/gateway/outbox.hpp"
#include "restante/broker/gateway/reply_to.hpp"

#include <memory>
#include <string>

namespace restante::gateway {

/// What the sink of a WebSocket needs from its `connect`.
struct ws_sink_setup {
  reply_to connect;                        ///< how to answer the connect
  duration ping{0};                        ///< announced in that answer
  ack_mode acks = ack_mode::automatic;     ///< who acknowledges a delivery
  std::optional<duration> token_expires{}; ///< time until the token expires; announced too
};

/// A sink that encodes a connection's output as frames and puts them into an outbox. It runs in the
/// connection's actor, so encoding is spread over CAF's threads.
std::unique_ptr<sink> make_ws_sink(std::shared_ptr<outbox> outbox, ws_sink_setup how);

/// The frame of a delivery that waited in the outbox.
std::string frame_of_waiting(const delivery& it);

/// An answer as a frame; empty for a success whose request had no id.
std::string reply_frame(const reply_to& to, std::string_view rest);

/// The outcome of an operation, as the rest of an answer: `"ok":true,…`.
std::string rest_of(const answer_value& value);

/// The rest of an answer to a visit. A `pending` answer to a visit also says whether the client is
/// connected.
std::string rest_for_visit(const answer_value& value);

} // namespace restante::gateway
