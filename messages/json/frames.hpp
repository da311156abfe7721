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

/// The frames that the broker pushes, each one compact JSON object with `_orama` first. Times are
/// whole milliseconds since `zero`, rounded down: the Unix epoch on the wire, the start of the
/// script in the demo.
///
/// A body that came over the wire stands in a frame as the JSON value it was; one that an
/// embedder gave as bytes, as `{"base64":"…"}`. Ephemeral payloads are base64 always.

/// `ephemeral.set`, `ephemeral.clear`, `topic.message`: one frame for each event, W1's
/// names in W1's order and `seq`, `epoch` behind them. For `topic_events::frames` and the
/// publisher hook.
std::vector<std::string> frames_of(const event_batch& batch);

/// `notify.deliver`
std::string frame_of(const offered_notification& offer, instant zero);

/// `notify.receipt`
std::string frame_of(const notification_step& step, instant zero);

/// `ephemeral.snapshot`: what a subscriber that missed events goes on from (spec E14).
std::string frame_of(const entries_view& view);

/// `ephemeral.lost`: a key has another owner (spec E4). Only said of `taken_over`.
std::string frame_of(const entry_ended& end);

/// `client.presence`
std::string frame_of(const client_presence& change);

/// Calls `write` with each frame of a push, in order: events have one each.
void for_each_frame(const push& what, instant zero,
                    const std::function<void(const std::string&)>& write);

/// `goodbye`, with the close code; of a refused connect also the `error`.
std::string frame_of(const goodbye& why);

/// `goodbye` of a transport that ends a connection by itself, with one of its own codes.
std::string goodbye_frame(close_code code, std::string_view reason);

} // namespace restante::json
