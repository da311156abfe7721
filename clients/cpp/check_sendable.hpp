#pragma once

#include "restante/messages/command.hpp"

#include <optional>

namespace restante::remoting {

/// Why an operation cannot be sent to a broker in another process, if there is a reason. Such an
/// operation is refused here with the error that a broker in this process would give. Ids must be
/// valid UTF-8, because the wire would change them otherwise, and must not exceed the length of
/// ids. Bodies that were received as JSON must be JSON. Sizes must stay within their limits, so
/// that no frame is too large. The broker decides whether ids may be empty.
std::optional<failure> check_sendable(const command& what);

/// Why the client of a connect cannot be sent, if there is a reason. The client may be empty: the
/// broker makes up a name, or takes the name from the token.
std::optional<failure> check_sendable(const client_address& who);

} // namespace restante::remoting
