#include "restante/tests/server/jwt_fixture.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
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

// Signatures are made here by other code than the broker's, so that one mistake cannot be in both.

std::string mac_of(std::string_view text, std::string_view secret) {
  unsigned char mac[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(secret.data()),
                              secret.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                                text.size());
  crypto_auth_hmacsha256_final(&state, mac);
  return {reinterpret_cast<const char*>(mac), sizeof mac};
}

/// The signature that OpenSSL makes with a PEM: DER for an EC key. Empty when the PEM is no private
/// key.
std::string openssl_signature_of(std::string_view text, std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in{
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free};
  std::string signature(1024, '\0');
  auto length = signature.size();
  if (!key || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
    return {};
  signature.resize(length);
  return signature;
}

/// One of the two numbers of a DER signature, as 32 bytes: DER drops leading zeros, and adds a zero
/// in front of a number that would be negative.
std::string number_at(std::string_view der, std::size_t at) {
  const auto length = static_cast<std::size_t>(der.at(at + 1));
  auto digits = std::string{der.substr(at + 2, length)};
  if (digits.size() > 32)
    digits.erase(0, digits.size() - 32);
  return std::string(32 - digits.size(), '\0') + digits;
}

std::string signature_of(std::string_view text, std::string_view key, jwt_algorithm how) {
  if (how == jwt_algorithm::hs256)
    return mac_of(text, key);
  const auto signature = openssl_signature_of(text, key);
  if (how == jwt_algorithm::rs256 || signature.empty())
    return signature;
  const auto second =
      4 + static_cast<std::size_t>(signature.at(3)); // after SEQUENCE and the first number
  return number_at(signature, 2) + number_at(signature, second);
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
