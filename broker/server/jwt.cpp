#include "restante/broker/server/jwt.hpp"

#include "restante/broker/server/jwt_claims.hpp"
#include "restante/broker/server/rights_json.hpp"
#include "restante/broker/server/tokens_file.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace restante::serve {

namespace {

/// The three parts of a token.
struct jwt_parts {
  std::string_view header;
  std::string_view claims;
  std::string_view signature;
  std::string_view signed_text; ///< header and claims with the dot between them
};

jwt_parts parts_of(std::string_view token) {
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  return {token.substr(0, first), token.substr(first + 1, second - first - 1),
          token.substr(second + 1), token.substr(0, second)};
}

} // namespace

bool looks_like_jwt(std::string_view token) {
  return std::ranges::count(token, '.') == 2;
}

jwt_reader::jwt_reader(jwt_key key, const auth_settings& how)
    : key_{std::move(key)}, issuer_{how.jwt_issuer}, audience_{how.jwt_audience},
      leeway_{how.jwt_leeway}, default_rights_{default_rights_of(how.default_rights)} {
  const auto name = to_string(key_.algorithm());
  if (std::ranges::find(how.jwt_algorithms, name) == how.jwt_algorithms.end())
    throw std::runtime_error{how.jwt_key_file + ": the key is for " + std::string{name} +
                             ", which jwt_algorithms does not allow"};
}

outcome<gateway::credentials> jwt_reader::identify(std::string_view token, instant now) const {
  try {
    if (token.size() > token_bytes_max)
      throw bad_token{"the token is too long"};
    if (!looks_like_jwt(token))
      throw bad_token{"the token is no JWT"};
    const auto parts = parts_of(token);
    check_header(parts.header, to_string(key_.algorithm()));
    if (!key_.fits(parts.signed_text, parts.signature))
      throw bad_token{"the token's signature is not good"};
    const auto claims = claims_of(parts.claims);
    check_for(claims, issuer_, audience_);
    return credentials_of(claims, now, leeway_, default_rights_);
  } catch (const bad_token& wrong) {
    return wrong.why;
  } catch (const std::exception&) { // out of memory, or an exception of a library
    return failure{errc::unauthenticated, "the token cannot be read"};
  }
}

} // namespace restante::serve
