#pragma once

#include "restante/broker/gateway/identity.hpp"
#include "restante/broker/server/rights_text.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace restante::serve {

/// What is wrong with a token; it gets no further than to `jwt_reader::identify`.
struct bad_token {
  explicit bad_token(std::string detail) : why{errc::unauthenticated, std::move(detail)} {}
  explicit bad_token(errc code) : why{code, ""} {}

  failure why;
};

/// Checks that a header (base64url) asks for `algorithm` and for nothing that is not
/// understood here. Throws bad_token.
void check_header(std::string_view part, std::string_view algorithm);

/// The claims behind base64url: an object nested no deeper than a frame may be. Throws
/// bad_token.
nlohmann::json claims_of(std::string_view part);

/// Checks `iss` and `aud` against what is asked for; empty: anything. Throws bad_token.
void check_for(const nlohmann::json& claims, const std::string& issuer,
               const std::string& audience);

/// Who it is. `default_rights` are those of a client whose token names none; nothing: all that a
/// client may do. Throws bad_token: `token_expired` and `token_not_yet_valid` last of all, the
/// latter when the token counts within a minute: `leeway` before `nbf`.
gateway::credentials credentials_of(const nlohmann::json& claims, instant now, duration leeway,
                                    const std::optional<rights_text>& default_rights = {});

} // namespace restante::serve
