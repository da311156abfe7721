#include "restante/tests/server/jwt_fixture.hpp"

#include <jwt/algorithm.hpp>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include <memory>

namespace restante::serve {

namespace {

std::string text_in(BIO* out) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  return {text, static_cast<std::size_t>(size)};
}

pem_pair pems_of(EVP_PKEY* made) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{made, &EVP_PKEY_free};
  const std::unique_ptr<BIO, decltype(&BIO_free)> secret{BIO_new(BIO_s_mem()), &BIO_free};
  const std::unique_ptr<BIO, decltype(&BIO_free)> open{BIO_new(BIO_s_mem()), &BIO_free};
  PEM_write_bio_PrivateKey(secret.get(), made, nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_PUBKEY(open.get(), made);
  return {text_in(secret.get()), text_in(open.get())};
}

jwt::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

std::string signature_of(std::string_view text, std::string_view key, jwt_algorithm how) {
  switch (how) {
  case jwt_algorithm::hs256:
    return jwt::HMACSign<jwt::algo::HS256>::sign(view(key), view(text)).first;
  case jwt_algorithm::rs256:
    return jwt::PEMSign<jwt::algo::RS256>::sign(view(key), view(text)).first;
  case jwt_algorithm::es256:
    return jwt::PEMSign<jwt::algo::ES256>::sign(view(key), view(text)).first;
  }
  return {};
}

} // namespace

pem_pair make_rsa(unsigned bits) {
  return pems_of(EVP_RSA_gen(bits));
}

pem_pair make_ec(const char* curve) {
  return pems_of(EVP_EC_gen(curve));
}

const pem_pair& rsa_pair() {
  static const auto made = make_rsa(2048);
  return made;
}

const pem_pair& ec_pair() {
  static const auto made = make_ec("P-256");
  return made;
}

std::string base64url(std::string_view bytes) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back(); // the NUL
  return text;
}

std::string token_of(const std::string& header, const std::string& claims, std::string_view key,
                     jwt_algorithm signed_as) {
  const auto text = base64url(header) + "." + base64url(claims);
  return text + "." + base64url(signature_of(text, key, signed_as));
}

std::string good_token(const nlohmann::json& claims, jwt_algorithm algorithm) {
  const auto header = R"({"alg":")" + std::string{to_string(algorithm)} + R"(","typ":"JWT"})";
  const auto key = algorithm == jwt_algorithm::hs256   ? shared_secret
                   : algorithm == jwt_algorithm::rs256 ? std::string_view{rsa_pair().secret}
                                                       : std::string_view{ec_pair().secret};
  return token_of(header, claims.dump(), key, algorithm);
}

jwt_reader reader_for(jwt_algorithm algorithm, const auth_settings& how) {
  const auto key = algorithm == jwt_algorithm::hs256   ? shared_secret
                   : algorithm == jwt_algorithm::rs256 ? std::string_view{rsa_pair().open}
                                                       : std::string_view{ec_pair().open};
  return {jwt_key::read(key, "key"), how};
}

} // namespace restante::serve
