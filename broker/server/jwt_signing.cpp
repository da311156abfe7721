#include "restante/broker/server/jwt_signing.hpp"

#include "restante/broker/gateway/pem_blocks.hpp"
#include "restante/broker/server/jwt_claims.hpp"
#include "restante/broker/server/secret_text.hpp"

#include <jwt/algorithm.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>

#include <memory>
#include <stdexcept>

namespace restante::serve {

namespace {

using pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

int no_password(char*, int, int, void*) {
  return -1;
}

std::string text_in(BIO* out) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  return {text, static_cast<std::size_t>(size)};
}

/// The private key as PEM says it plainly, and its public half.
struct pem_halves {
  std::string secret;
  std::string open;
};

pem_halves halves_of(std::string_view text, const std::string& path) {
  const bio in{BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
  const pkey key{in ? PEM_read_bio_PrivateKey(in.get(), nullptr, &no_password, nullptr) : nullptr,
                 &EVP_PKEY_free};
  ERR_clear_error();
  if (!key)
    throw std::runtime_error{path + ": there is no private key in it that can be read without a "
                                    "password; tokens are signed with one"};
  const bio secret{BIO_new(BIO_s_mem()), &BIO_free};
  const bio open{BIO_new(BIO_s_mem()), &BIO_free};
  if (!secret || !open ||
      PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1 ||
      PEM_write_bio_PUBKEY(open.get(), key.get()) != 1)
    throw std::runtime_error{"OpenSSL could not write a key"};
  return {text_in(secret.get()), text_in(open.get())};
}

std::string base64url(std::string_view bytes) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back(); // the NUL
  return text;
}

jwt::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

std::pair<std::string, std::error_code> signature_of(std::string_view text, std::string_view key,
                                                     jwt_algorithm how) {
  switch (how) {
  case jwt_algorithm::hs256:
    return jwt::HMACSign<jwt::algo::HS256>::sign(view(key), view(text));
  case jwt_algorithm::rs256:
    return jwt::PEMSign<jwt::algo::RS256>::sign(view(key), view(text));
  case jwt_algorithm::es256:
    return jwt::PEMSign<jwt::algo::ES256>::sign(view(key), view(text));
  }
  return {};
}

} // namespace

signing_key signing_key::read(std::string_view text, const std::string& path) {
  if (text.find("-----BEGIN") == std::string_view::npos) {
    const auto checking = jwt_key::read(text, path); // which says what is wrong with a secret
    return {checking.algorithm(), std::string{secret_in(text)}};
  }
  if (gateway::pem_blocks(text, "PRIVATE KEY") > 1)
    throw std::runtime_error{path + ": there are several private keys in it, and only one would be "
                                    "used: give one"};
  auto halves = halves_of(text, path);
  // Which algorithm it is for, and whether it is strong enough, its public half tells.
  const auto checking = jwt_key::read(halves.open, path);
  return {checking.algorithm(), std::move(halves.secret)};
}

std::string signing_key::token(std::string_view claims) const {
  const auto header = R"({"alg":")" + std::string{to_string(algorithm_)} + R"(","typ":"JWT"})";
  const auto text = base64url(header) + "." + base64url(claims);
  const auto [signature, failed] = signature_of(text, key_, algorithm_);
  ERR_clear_error();
  if (failed || signature.empty())
    throw std::runtime_error{"the token could not be signed: " + failed.message()};
  return text + "." + base64url(signature);
}

std::optional<std::string> fault_of(std::string_view claims, instant now) {
  try {
    credentials_of(claims_of(base64url(claims)), now, duration{0});
    return std::nullopt;
  } catch (const bad_token& wrong) {
    return wrong.why.text();
  }
}

} // namespace restante::serve
