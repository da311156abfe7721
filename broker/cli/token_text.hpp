#pragma once

#include "restante/broker/server/jwt.hpp"

#include <string>
#include <string_view>

namespace restante::cli {

/// The rights in the claims of a verified JWT, as compact JSON. Empty: the JWT names no rights,
/// which means everything a client may do.
std::string rights_in(std::string_view jwt);

/// The identity that a token gives its bearer, in lines of a name and a value, without the last
/// line end.
std::string identity_text(const gateway::credentials& who, const std::string& rights);

/// The identity as an object: `server`, `client` and `ns`, `expires_at_ms`, `rights`.
std::string identity_json(const gateway::credentials& who, const std::string& rights);

} // namespace restante::cli
