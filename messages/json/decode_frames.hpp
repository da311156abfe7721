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

/// A client reads with these functions what the broker writes with frames.hpp and answers.hpp.
/// Times are whole milliseconds since the Unix epoch. Members that are not on the wire stay empty
/// or zero: the namespace, which is that of the connection, the numbers of operation and lease, the
/// sender of a receipt, and the topic of an answer.
///
/// A value that is `{"base64":"…"}` becomes the bytes of an embedder. Every other value becomes its
/// compact JSON text; numbers keep their digits (spec N1). Ephemeral payloads are always bytes.
///
/// The functions throw nothing. Wrong input is a `bad_frame`. Unknown members are ignored, since
/// newer brokers may send more.

/// The answer to a request.
struct decoded_reply {
  operation_number id = 0; ///< 0: the request had no `id`, and failed
  failure why;             ///< its code is `none` if the request succeeded
  members fields;          ///< the members of the answer, for `answer_of` and `connected_of`
};

/// The broker has ended the connection; `should_reconnect(code)` says whether to reconnect.
struct decoded_goodbye {
  close_code code = close_code::none;
  std::string reason;
  errc error = errc::none; ///< why a connect was refused

  bool operator==(const decoded_goodbye&) const = default;
};

/// A frame of an unknown kind.
struct unknown_frame {
  bool operator==(const unknown_frame&) const = default;
};

/// Each event of a topic is one frame, and becomes a batch with one event. An `entry_ended` was
/// taken over: the broker sends no frame for an expired entry.
using decoded_frame =
    std::variant<decoded_reply, delivery, topic_events, entries_view, entry_ended, client_presence,
                 notification_step, decoded_goodbye, unknown_frame>;

/// Reads one frame of the broker. The transport limits the length: the answer to a drain has no
/// other limit.
outcome<decoded_frame> decode_frame(std::string_view frame);

/// The answer to a command. `kind` is its index in `command`. The time of an `entry_receipt` and
/// the state of a `pending_view` are set only if the answer has them.
answer_value answer_of(std::size_t kind, const members& fields);

/// The answer to a `connect`.
struct decoded_connect {
  connect_receipt receipt;
  duration ping{0};
  std::optional<duration> expires_in; ///< until the token expires; none: it does not expire

  bool operator==(const decoded_connect&) const = default;
};

outcome<decoded_connect> connected_of(const members& fields);

} // namespace restante::json
