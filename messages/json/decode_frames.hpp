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

/// Reads what frames.hpp and answers.hpp write: the client's half. Times are whole milliseconds
/// since the Unix epoch. Members that the wire does not carry stay empty or zero: the namespace,
/// which is the connection's own, operation and lease numbers, the sender of a receipt, the topic
/// of an answer.
///
/// A value that is `{"base64":"…"}` and nothing else is an embedder's bytes; any other one
/// is the compact JSON text that came, digit by digit (spec N1). Ephemeral payloads are
/// bytes always.
///
/// Nothing here throws, and no input is trusted: anything unexpected is a failure, `bad_frame`.
/// Unknown members are ignored, since newer brokers may send more.

/// The answer to a request.
struct decoded_reply {
  operation_number id = 0; ///< 0: to a request without one, which can only have failed
  failure why;             ///< its code is `none` when all went well
  members fields;          ///< the members of an answer: for `answer_of`, `connected_of`
};

/// The broker has ended the connection; `should_reconnect(code)` says whether to reconnect.
struct decoded_goodbye {
  close_code code = close_code::none;
  std::string reason;
  errc error = errc::none; ///< of a refused connect: why

  bool operator==(const decoded_goodbye&) const = default;
};

/// A frame of an unknown kind.
struct unknown_frame {
  bool operator==(const unknown_frame&) const = default;
};

/// The events of a topic come one by one, each a batch of its own. An entry that ended has
/// been taken over: nothing else is told of.
using decoded_frame =
    std::variant<decoded_reply, delivery, topic_events, entries_view, entry_ended, client_presence,
                 notification_step, decoded_goodbye, unknown_frame>;

/// Reads one frame of the broker. How long it may be is the transport's business: a drained
/// queue has no other bound.
outcome<decoded_frame> decode_frame(std::string_view frame);

/// What a command of this kind, an index of `command`, was answered. An `entry_receipt` has
/// a time only if the broker says it, a `pending_view` is `connected` only if it does.
answer_value answer_of(std::size_t kind, const members& fields);

/// The answer to a `connect`.
struct decoded_connect {
  connect_receipt receipt;
  duration ping{0};
  std::optional<duration> expires_in; ///< how long its token lives on; none: without end

  bool operator==(const decoded_connect&) const = default;
};

outcome<decoded_connect> connected_of(const members& fields);

} // namespace restante::json
