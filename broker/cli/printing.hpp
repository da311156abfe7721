#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/notification.hpp"

#include <string>
#include <string_view>

namespace restante::cli {

/// Text for people, on one line. Characters that a terminal might obey become escapes such as `\n`
/// and `\u001b`, and so do marks that change the direction of writing, U+2028 and U+2029. Invalid
/// UTF-8 becomes U+FFFD. A backslash stays as it is, so the result cannot be parsed back; scripts
/// use JSON.
std::string printable(std::string_view text);

/// Escapes dangerous characters in JSON text. The meaning does not change: in JSON such characters
/// occur only in strings, where `\u009b` means the character.
std::string printable_json(std::string_view json);

/// A pack, reply or payload for people: the text of a JSON string, compact JSON for any other
/// value, and opaque bytes as text if they are valid text. Printable.
std::string text_of(const body& value);

/// `2026-11-24T17:23:50.123Z`
std::string time_text(instant at);

/// `10 s`, `0.25 s`
std::string seconds_text(duration span);

/// A notification in several lines, each with a name and a value, without the last line end.
std::string details_of(const notification_view& view);

} // namespace restante::cli
