#pragma once

#include "restante/broker/gateway/identity.hpp"
#include "restante/broker/server/auth_settings.hpp"
#include "restante/broker/server/jwt_key.hpp"
#include "restante/broker/server/rights_text.hpp"

#include <optional>
#include <string_view>

namespace restante::serve {

/// Tells who bears a JWT. Of its claims count: `sub` the client, `ns` its namespace, `exp`
/// (needed), `nbf`, `iss`, `aud`, `rights` as in the file of tokens, and `server` or `metrics`:
/// true for the server identity or for somebody who may only read figures, who have neither client
/// nor rights.
///
/// Times are those of the caller, never of the library. A token is refused from `exp` plus
/// the leeway on (RFC 7519, 4.1.4), which is also when its credentials expire.
class jwt_reader {
public:
  /// Throws std::runtime_error when the settings allow no algorithm that fits the key.
  jwt_reader(jwt_key key, const auth_settings& how);

  /// Throws nothing. Errors: unauthenticated; token_expired, for a token that is good but
  /// for its age.
  outcome<gateway::credentials> identify(std::string_view token, instant now) const;

private:
  jwt_key key_;
  std::string issuer_;
  std::string audience_;
  duration leeway_;
  std::optional<rights_text> default_rights_;
};

/// Whether it has the three parts of a JWT.
bool looks_like_jwt(std::string_view token);

} // namespace restante::serve
