// Tokens that a client presents, and files of tokens. The first byte selects the kind of input:
// `j` a whole JWT, `c` claims with a valid signature, `h` a header with a valid signature, `k` the
// file of a key, anything else a file of tokens.

#include "restante/broker/server/jwt.hpp"
#include "restante/broker/server/tokens_file.hpp"
#include "restante/messages/validate.hpp"
#include "restante/tests/fuzz/fuzz.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <stdexcept>
#include <string>

namespace restante::testing {
namespace {

using namespace restante::serve;

const std::string secret = "0123456789abcdef0123456789abcdef";

std::string base64url(std::string_view bytes) {
  constexpr auto variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back(); // its NUL
  return text;
}

std::string signed_token(std::string_view header, std::string_view claims) {
  const auto text = base64url(header) + "." + base64url(claims);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &length);
  return text + "." + base64url({reinterpret_cast<const char*>(digest), length});
}

void check(const gateway::credentials& who) {
  const bool reads_figures = who.scope == gateway::token_scope::figures;
  if (who.who == identity::server)
    must(who.client.empty() && !who.rights && !reads_figures, "the server identity is no client");
  else if (reads_figures)
    must(who.client.empty() && !who.rights, "who reads figures is no client");
  else
    must(!check_id("client", who.client), "a client has an id");
  must(!check_namespace(who.ns), "a namespace is one");
}

void show(const std::string& token) {
  constexpr instant now{1'700'000'000'000'000'000};
  static const jwt_reader any{jwt_key::read(secret, "key"), {}};
  static const jwt_reader strict{jwt_key::read(secret, "key"),
                                 {.jwt_issuer = "us", .jwt_audience = "restante"}};
  for (const auto* reader : {&any, &strict}) {
    const auto who = reader->identify(token, now);
    if (!who)
      continue;
    check(*who);
    must(who->expires_at && now < *who->expires_at, "a token that is good ends later");
  }
}

void read_file(std::string_view text) {
  try {
    for (const auto& [digest, who] : parse_tokens(text, "tokens.toml"))
      check(who);
  } catch (const std::runtime_error& wrong) {
    must(std::string_view{wrong.what()}.starts_with("tokens.toml:"), "a complaint has its place");
  }
}

void read_key(std::string_view text) {
  try {
    (void)jwt_key::read(text, "key.pem");
  } catch (const std::runtime_error& wrong) {
    must(std::string_view{wrong.what()}.starts_with("key.pem"), "a complaint has its place");
  }
}

} // namespace
} // namespace restante::testing

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace restante::testing;
  const auto input = text_of(data, size);
  if (input.empty())
    return 0;
  const auto rest = input.substr(1);
  switch (input.front()) {
  case 'j':
    show(std::string{rest});
    break;
  case 'c':
    show(signed_token(R"({"alg":"HS256","typ":"JWT"})", rest));
    break;
  case 'h':
    show(signed_token(rest, R"({"sub":"ann","exp":1800000000})"));
    break;
  case 'k':
    read_key(rest);
    break;
  default:
    read_file(input);
  }
  return 0;
}
