#pragma once

#include "restante/messages/command.hpp"

#include <string>

namespace restante::remoting {

/// Whether an operation whose answer was lost may be sent again: it only reads, or doing it twice
/// is like doing it once. A `message_id` makes a put repeatable (spec N14).
bool is_repeatable(const command& what);

/// Gives a put that has no `message_id` this one.
void make_repeatable(command& what, const std::string& message_id);

/// Whether `make_repeatable` would change it.
bool needs_message_id(const command& what);

} // namespace restante::remoting
