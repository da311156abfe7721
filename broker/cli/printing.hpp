#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/notification.hpp"

#include <string>
#include <string_view>

namespace restante::cli {

/// Text as people are shown it, on one line: what a terminal might obey is spelled out, `\n`,
/// `\u001b`; so are marks that turn the direction of writing, and U+2028 and U+2029. What is no
/// valid UTF-8 becomes U+FFFD. A backslash stands for itself, so this cannot be read back;
/// scripts ask for JSON.
std::string printable(std::string_view text);

/// The same of JSON text, which means what it meant before: in JSON such characters stand in
/// strings only, and there `\u009b` is the character.
std::string printable_json(std::string_view json);

/// A pack, reply or payload for people: a JSON string as its text, any other value as compact
/// JSON, opaque bytes as text if they are some. Printable.
std::string text_of(const body& value);

/// `2026-11-24T17:23:50.123Z`
std::string time_text(instant at);

/// `10 s`, `0.25 s`
std::string seconds_text(duration span);

/// A notification in several lines, a name and a value each, without the last line end.
std::string details_of(const notification_view& view);

} // namespace restante::cli
