#pragma once

#include "restante/messages/attachment.hpp"
#include "restante/messages/command.hpp"
#include "restante/messages/ephemeral.hpp"
#include "restante/messages/notification.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace restante::json {

/// Writes the frames that the broker pushes. Each frame is one compact JSON object and begins with
/// `_orama`. Times are whole milliseconds since `zero`, rounded down. `zero` is the Unix epoch on
/// the wire, and the start of the script in the demo.
///
/// A body from the wire is written as its JSON value, the bytes of an embedder as
/// `{"base64":"…"}`. Ephemeral payloads are always base64.

/// `ephemeral.set`, `ephemeral.clear`, `topic.message`: one frame for each event, with the names of
/// spec W1 in their order, then `seq` and `epoch`. For `topic_events::frames` and the publisher
/// hook.
std::vector<std::string> frames_of(const event_batch& batch);

/// `notify.deliver`
std::string frame_of(const offered_notification& offer, instant zero);

/// `notify.receipt`
std::string frame_of(const notification_step& step, instant zero);

/// `ephemeral.snapshot`: the new state for a subscriber that missed events (spec E14).
std::string frame_of(const entries_view& view);

/// `ephemeral.lost`: a key has another owner (spec E4). Only for an entry that was taken over.
std::string frame_of(const entry_ended& end);

/// `client.presence`
std::string frame_of(const client_presence& change);

/// Calls `write` with each frame of a push, in order. Each event has one frame.
void for_each_frame(const push& what, instant zero,
                    const std::function<void(const std::string&)>& write);

/// `goodbye` with the close code, and for a refused connect with the `error`.
std::string frame_of(const goodbye& why);

/// `goodbye` of a transport that ends a connection, with a code of the transport.
std::string goodbye_frame(close_code code, std::string_view reason);

} // namespace restante::json
