#pragma once

#include "restante/broker/gateway/identity.hpp"
#include "restante/broker/server/rights_text.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace restante::serve {

/// What is wrong with a token. `jwt_reader::identify` catches this exception.
struct bad_token {
  explicit bad_token(std::string detail) : why{errc::unauthenticated, std::move(detail)} {}
  explicit bad_token(errc code) : why{code, ""} {}

  failure why;
};

/// Checks that a header (base64url) asks for `algorithm` and for nothing unknown to this program.
/// Throws bad_token.
void check_header(std::string_view part, std::string_view algorithm);

/// Decodes the claims from base64url: an object with at most the nesting depth of a frame. Throws
/// bad_token.
nlohmann::json claims_of(std::string_view part);

/// Checks `iss` and `aud` against the expected values; an empty expectation accepts anything.
/// Throws bad_token.
void check_for(const nlohmann::json& claims, const std::string& issuer,
               const std::string& audience);

/// The credentials that the claims give. `default_rights` are those of a client whose token names
/// none; nothing: everything a client may do. Throws bad_token. `token_expired` and
/// `token_not_yet_valid` are checked last. The latter means that the token becomes valid within a
/// minute; it is valid from `leeway` before `nbf` on.
gateway::credentials credentials_of(const nlohmann::json& claims, instant now, duration leeway,
                                    const std::optional<rights_text>& default_rights = {});

} // namespace restante::serve
