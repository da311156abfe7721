#pragma once

#include "restante/messages/command.hpp"
#include "restante/messages/json/members.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace restante::json {

/// The client's ear: what frames.hpp and answers.hpp write, read again. Times are whole
/// milliseconds since the Unix epoch. What the wire does not say stays empty or zero: the
/// namespace, which is the connection's own, operation and lease numbers, the sender of a
/// receipt, the topic of an answer.
///
/// A value that is `{"base64":"…"}` and nothing else is an embedder's bytes; any other one
/// is the compact JSON text that came, digit by digit (spec N1). Ephemeral payloads are
/// bytes always.
///
/// Nothing here throws, and nothing is believed: what is not as it should be is a failure,
/// `bad_frame`. Members that mean nothing here are ignored, newer brokers may say more.

/// The answer to a request.
struct heard_reply {
  operation_number id = 0; ///< 0: to a request without one, which can only have failed
  failure why;             ///< its code is `none` when all went well
  members fields;          ///< what was answered: for `answer_of`, `connected_of`
};

/// The connection has been ended; `should_reconnect(code)` says whether to come again.
struct heard_goodbye {
  std::uint16_t code = 0;
  std::string reason;
  errc error = errc::none; ///< of a refused connect: why

  bool operator==(const heard_goodbye&) const = default;
};

/// A frame of a kind that is not known here.
struct heard_nothing {
  bool operator==(const heard_nothing&) const = default;
};

/// The events of a topic come one by one, each a batch of its own. An entry that ended has
/// been taken over: nothing else is told of.
using heard = std::variant<heard_reply, delivery, topic_events, entries_view, entry_ended,
                           client_presence, notification_step, heard_goodbye, heard_nothing>;

/// Reads one frame of the broker. How long it may be is the transport's business: a drained
/// queue has no other bound.
std::variant<heard, failure> hear(std::string_view frame);

/// What a command of this kind, an index of `command`, was answered. An `entry_receipt` has
/// a time only if the broker says it, a `pending_view` is `connected` only if it does.
answer_value answer_of(std::size_t kind, const members& fields);

/// What a `connect` was answered.
struct heard_connect {
  connect_receipt receipt;
  duration ping{0};
  std::optional<duration> expires_in; ///< how long its token lives on; none: without end

  bool operator==(const heard_connect&) const = default;
};

std::variant<heard_connect, failure> connected_of(const members& fields);

} // namespace restante::json
