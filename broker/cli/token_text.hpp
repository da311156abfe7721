#pragma once

#include "restante/broker/server/jwt.hpp"

#include <string>
#include <string_view>

namespace restante::cli {

/// The rights in the claims of a JWT that was checked, as compact JSON; empty: it has none, and
/// so all that a client may do.
std::string rights_in(std::string_view jwt);

/// Who a token makes its bearer, in lines of a name and a value, without the last line end.
std::string identity_text(const gateway::credentials& who, const std::string& rights);

/// The same as an object: `server`, `client` and `ns`, `expires_at_ms`, `rights`.
std::string identity_json(const gateway::credentials& who, const std::string& rights);

} // namespace restante::cli
