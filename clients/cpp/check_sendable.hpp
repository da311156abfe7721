#pragma once

#include "restante/messages/command.hpp"

#include <optional>

namespace restante::remoting {

/// Why an operation cannot be sent to a broker in another process, if it cannot. It is refused
/// here, as a broker in this process would refuse it. Ids must be valid UTF-8, for the wire could
/// only say something else, and no longer than ids are; bodies that were received as JSON must be
/// JSON; sizes stay within their limits, so that no frame is too large. Whether ids may be empty is
/// left to the broker.
std::optional<failure> check_sendable(const command& what);

/// The same for the client of a connect. It may be empty: the broker makes up a name, or knows it
/// from the token.
std::optional<failure> check_sendable(const client_address& who);

} // namespace restante::remoting
