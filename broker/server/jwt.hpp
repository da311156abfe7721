#pragma once

#include "restante/broker/gateway/identity.hpp"
#include "restante/broker/server/auth_settings.hpp"
#include "restante/broker/server/jwt_key.hpp"
#include "restante/broker/server/rights_text.hpp"

#include <optional>
#include <string_view>

namespace restante::serve {

/// Identifies the bearer of a JWT. The claims in use are `sub` (the client), `ns` (its namespace),
/// `exp` (required), `nbf`, `iss`, `aud` and `rights` as in the file of tokens. `server: true`
/// means the server identity, and `metrics: true` means a reader of metrics; neither of them has a
/// client or rights.
///
/// The caller passes the time, and no library clock is used. A token is refused from `exp` plus the
/// leeway on (RFC 7519, 4.1.4), and its credentials expire at that time too.
class jwt_reader {
public:
  /// Throws std::runtime_error when the settings allow no algorithm that fits the key.
  jwt_reader(jwt_key key, const auth_settings& how);

  /// Throws nothing. Errors: token_expired, when the token is valid except that its time is over;
  /// token_not_yet_valid, when the token becomes valid within a minute; otherwise unauthenticated.
  outcome<gateway::credentials> identify(std::string_view token, instant now) const;

private:
  jwt_key key_;
  std::string issuer_;
  std::string audience_;
  duration leeway_;
  std::optional<rights_text> default_rights_;
};

/// Whether the token has the three parts of a JWT.
bool looks_like_jwt(std::string_view token);

} // namespace restante::serve
