#include "restante/broker/server/keyring.hpp"

#include "restante/broker/server/jwt.hpp"
#include "restante/broker/server/rights_json.hpp"
#include "restante/broker/server/tokens_file.hpp"
#include "restante/broker/server/toml_file.hpp"

#include <exception>

namespace restante::serve {

namespace {

constexpr std::size_t key_bytes_max = 65'536;

} // namespace

struct keyring::contents {
  static_tokens tokens;
  std::optional<jwt_reader> jwts;
};

keyring::keyring(const auth_settings& how) : contents_{read(how)} {}

keyring::~keyring() = default;

std::shared_ptr<const keyring::contents> keyring::read(const auth_settings& how) {
  auto made = std::make_shared<contents>();
  if (!how.tokens_file.empty())
    made->tokens = read_tokens(how.tokens_file, default_rights_of(how.default_rights));
  if (!how.jwt_key_file.empty()) {
    const auto text = file_text(how.jwt_key_file, key_bytes_max);
    made->jwts.emplace(jwt_key::read(text, how.jwt_key_file), how);
  }
  return made;
}

outcome<gateway::credentials> keyring::identify(std::string_view token, instant now) const {
  try {
    const auto known = contents_.load();
    auto found = look_up(known->tokens, token, now);
    const auto* missed = found.why();
    if (missed != nullptr && missed->code == errc::unauthenticated && known->jwts &&
        looks_like_jwt(token))
      return known->jwts->identify(token, now);
    return found;
  } catch (const std::exception&) { // out of memory
    return failure{errc::unauthenticated, "the token cannot be read"};
  }
}

std::optional<std::string> keyring::reload(const auth_settings& how) {
  try {
    contents_.store(read(how));
    return std::nullopt;
  } catch (const std::exception& wrong) {
    return wrong.what();
  }
}

} // namespace restante::serve
