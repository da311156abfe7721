#pragma once

#include "restante/messages/command.hpp"

#include <string>

namespace restante::remoting {

/// Whether an operation whose answer was lost may be sent again: it only reads, or a second
/// execution has the effect of one. A `message_id` makes a put repeatable (spec N14).
bool is_repeatable(const command& what);

/// Sets `message_id` on a put that has none.
void make_repeatable(command& what, const std::string& message_id);

/// Whether `make_repeatable` would change the command.
bool needs_message_id(const command& what);

} // namespace restante::remoting
