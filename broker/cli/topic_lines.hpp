#pragma once

#include "restante/broker/cli/screen.hpp"
#include "restante/messages/ephemeral.hpp"

#include <string>

namespace restante::cli {

/// `+ key client payload` for a set, `- key client reason` for a clear, `client data` for a
/// message. With colours if the screen has them.
std::string line_of(const topic_event& event, const screen& to);

/// `+ key client payload`
std::string line_of(const entry_view& entry, const screen& to);

/// `key client 12.3 s payload`: an entry with the time it has left.
std::string listed(const entry_view& entry);

} // namespace restante::cli
