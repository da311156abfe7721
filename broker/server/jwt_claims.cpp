#include "restante/broker/server/jwt_claims.hpp"

#include "restante/broker/server/json_members.hpp"
#include "restante/broker/server/jwt_key.hpp"
#include "restante/broker/server/rights_json.hpp"
#include "restante/messages/json/decode.hpp"
#include "restante/messages/validate.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace restante::serve {

namespace {

using tree = nlohmann::json;

/// A token that becomes valid within this time is refused as "not yet valid", so its bearer
/// retries. The clocks of two machines seldom differ by more.
constexpr duration soon_valid = std::chrono::minutes{1};

/// Decodes one part of a token into its JSON object.
tree object_of(std::string_view part) {
  std::string text;
  // The parser stops at a NUL and ignores the bytes after it, so a NUL is refused here.
  if (!decode_base64url(part, text) || text.find('\0') != std::string::npos)
    throw bad_token{"a part of the token is no base64url"};
  constexpr auto depth_max = static_cast<int>(json::frame_depth_max);
  bool is_too_deep = false;
  const auto watch = [&is_too_deep](int depth, tree::parse_event_t what, const tree&) {
    const bool opens =
        what == tree::parse_event_t::object_start || what == tree::parse_event_t::array_start;
    is_too_deep = is_too_deep || (opens && depth >= depth_max);
    return !is_too_deep;
  };
  auto parsed = tree::parse(text, watch, false);
  if (is_too_deep || !parsed.is_object())
    throw bad_token{"a part of the token is no JSON object of allowed depth"};
  return parsed;
}

/// A NumericDate: seconds since the epoch, with an optional fraction. Values out of range saturate.
std::optional<instant> time(const tree& in, const char* name) {
  const auto* value = find_member(in, name);
  if (value == nullptr)
    return std::nullopt;
  const auto seconds = value->is_number() ? value->get<double>() : std::nan("");
  if (!std::isfinite(seconds) || seconds < 0)
    throw bad_token{std::string{name} + " must be a time in seconds"};
  constexpr double seconds_max = 9e9; // nanoseconds end at 9.2e9, in the year 2262
  if (seconds >= seconds_max)
    return instant::never();
  const double whole = std::floor(seconds);
  return instant{static_cast<std::int64_t>(whole) * 1'000'000'000 +
                 static_cast<std::int64_t>((seconds - whole) * 1e9)};
}

/// Credentials that belong to no client.
gateway::credentials without_client(gateway::credentials made, const tree& claims,
                                    const char* claim) {
  if (find_member(claims, "rights") != nullptr)
    throw bad_token{std::string{"a token with "} + claim + " has no rights"};
  return made;
}

/// All of the credentials except the times.
gateway::credentials bearer(const tree& claims, const std::optional<rights_text>& default_rights) {
  gateway::credentials made;
  made.ns = text_member(claims, "ns").value_or("");
  if (check_namespace(made.ns))
    throw bad_token{"ns is no namespace"};
  const bool is_server = flag_member(claims, "server");
  if (flag_member(claims, "metrics")) {
    if (is_server)
      throw bad_token{"a token is for the server identity or for metrics"};
    made.scope = gateway::token_scope::figures;
    return without_client(std::move(made), claims, "metrics");
  }
  if (is_server) {
    made.who = identity::server;
    return without_client(std::move(made), claims, "server");
  }
  made.client = text_member(claims, "sub").value_or("");
  if (check_client_name("sub", made.client))
    throw bad_token{"sub is no client"};
  if (const auto* limited = find_member(claims, "rights"))
    made.rights = rights_of(rights_of_json(*limited), made.client);
  else if (default_rights)
    made.rights = rights_of(*default_rights, made.client);
  return made;
}

bool is_same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// Whether `typ` is a type that this program accepts. It is a media type, and its `application/`
/// may be left out (RFC 7515, 4.1.9).
bool is_known_type(std::string_view type) {
  constexpr std::string_view tree_of_type = "application/";
  if (is_same_word(type.substr(0, tree_of_type.size()), tree_of_type))
    type.remove_prefix(tree_of_type.size());
  return is_same_word(type, "JWT") || is_same_word(type, "at+jwt");
}

} // namespace

void check_header(std::string_view part, std::string_view algorithm) {
  const auto header = object_of(part);
  if (text_member(header, "alg") != algorithm)
    throw bad_token{"the token's algorithm is not allowed"};
  if (header.contains("crit"))
    throw bad_token{"the token asks for an extension"};
  if (!is_known_type(text_member(header, "typ").value_or("JWT")))
    throw bad_token{"the token is of another type"};
}

nlohmann::json claims_of(std::string_view part) {
  return object_of(part);
}

void check_for(const nlohmann::json& claims, const std::string& issuer,
               const std::string& audience) {
  if (!issuer.empty() && text_member(claims, "iss") != issuer)
    throw bad_token{"the token is of another issuer"};
  if (audience.empty())
    return;
  const auto* given = find_member(claims, "aud");
  const bool is_one = given != nullptr && given->is_string();
  const auto all = is_one ? std::vector{given->get<std::string>()} : texts_member(claims, "aud");
  if (std::ranges::find(all, audience) == all.end())
    throw bad_token{"the token is for another audience"};
}

gateway::credentials credentials_of(const nlohmann::json& claims, instant now, duration leeway,
                                    const std::optional<rights_text>& default_rights) {
  auto made = bearer(claims, default_rights);
  const auto expires = time(claims, "exp");
  if (!expires)
    throw bad_token{"exp is missing"};
  const auto begins = time(claims, "nbf");
  made.expires_at = *expires + leeway;
  // Checked before `nbf`: the bearer of an expired token must not be told to retry.
  if (now >= *made.expires_at)
    throw bad_token{errc::token_expired};
  if (const auto latest = now + leeway; begins && latest < *begins) {
    if (*begins - latest <= soon_valid)
      throw bad_token{errc::token_not_yet_valid};
    throw bad_token{"the token is not valid yet"};
  }
  return made;
}

} // namespace restante::serve
