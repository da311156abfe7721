#pragma once

#include "restante/messages/command.hpp"

#include <optional>

namespace restante::remoting {

/// What keeps an operation from being said to a broker elsewhere, if anything does: it is
/// refused here, as a broker in this process would refuse it. Ids must be valid UTF-8, for the
/// wire could only say something else, and no longer than ids are; bodies that were received
/// as JSON must be JSON; sizes stay within their limits, so that no frame is too large.
/// Whether ids may be empty is left to the broker.
std::optional<failure> check_sendable(const command& what);

/// The same for who somebody wants to be; an empty client is made up, or known by a token.
std::optional<failure> check_sendable(const client_address& who);

} // namespace restante::remoting
