#include "restante/broker/server/jwt_key.hpp"

#include "restante/broker/gateway/pem_blocks.hpp"
#include "restante/broker/server/freed_by.hpp"
#include "restante/broker/server/secret_text.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>

#include <algorithm>
#include <stdexcept>

namespace restante::serve {

namespace {

/// The minimum key length for an HMAC with SHA-256 (RFC 7518, 3.2).
constexpr std::size_t secret_bytes_min = 32;
constexpr int rsa_bits_min = 2048;

using bio = owned<BIO, BIO_free>;

/// OpenSSL keeps a queue of errors per thread. The next TLS socket would mistake a remaining error
/// for its own. This guard empties the queue at the end of its scope.
struct error_sweeper {
  error_sweeper() = default;
  error_sweeper(const error_sweeper&) = delete;
  error_sweeper& operator=(const error_sweeper&) = delete;
  ~error_sweeper() { ERR_clear_error(); }
};

int no_password(char*, int, int, void*) {
  return -1;
}

bool is_p256(EVP_PKEY* key) {
  char name[64] = {};
  std::size_t length = 0;
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, name, sizeof name, &length) == 1 &&
         std::string_view{name, length} == "prime256v1";
}

bool is_good_rsa(EVP_PKEY* key) {
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= rsa_bits_min;
}

bool is_base64url(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
         c == '_';
}

} // namespace

std::string_view to_string(jwt_algorithm algorithm) {
  switch (algorithm) {
  case jwt_algorithm::hs256:
    return "HS256";
  case jwt_algorithm::rs256:
    return "RS256";
  case jwt_algorithm::es256:
    return "ES256";
  }
  return "";
}

bool decode_base64url(std::string_view text, std::string& bytes) {
  // libsodium turns bytes above 127 into digits, so they are refused here.
  if (!std::ranges::all_of(text, is_base64url))
    return false;
  bytes.resize(text.size());
  std::size_t length = 0;
  const char* end = nullptr;
  const int read = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                     text.data(), text.size(), nullptr, &length, &end,
                                     sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  bytes.resize(read == 0 ? length : 0);
  return read == 0 && end == text.data() + text.size();
}

jwt_key jwt_key::read(std::string_view text, const std::string& path) {
  const error_sweeper sweeper;
  if (text.find("-----BEGIN") != std::string_view::npos)
    return from_pem(text, path);
  if (const auto wrong = fault_in_secret(text))
    throw std::runtime_error{path + ": this is no secret for HS256: " + *wrong};
  const auto secret = secret_in(text);
  if (secret.size() < secret_bytes_min)
    throw std::runtime_error{path + ": a secret for HS256 has " + std::to_string(secret_bytes_min) +
                             " bytes or more, this one " + std::to_string(secret.size())};
  return {jwt_algorithm::hs256, std::string{secret}, nullptr};
}

jwt_key jwt_key::from_pem(std::string_view text, const std::string& path) {
  if (text.find("PRIVATE KEY") != std::string_view::npos)
    throw std::runtime_error{path + ": this is a private key; JWTs are checked with its public "
                                    "one (openssl pkey -in … -pubout)"};
  if (const auto blocks = gateway::pem_blocks(text); blocks > 1)
    throw std::runtime_error{path + ": there are " + std::to_string(blocks) +
                             " PEM blocks in it, and only one would be used: give one public key"};
  const bio in{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  auto key =
      key_half_of(in ? PEM_read_bio_PUBKEY(in.get(), nullptr, &no_password, nullptr) : nullptr);
  if (!key)
    throw std::runtime_error{path + ": there is no public key in it; it must begin with "
                                    "-----BEGIN PUBLIC KEY-----"};
  if (is_good_rsa(key.get()))
    return {jwt_algorithm::rs256, {}, std::move(key)};
  if (is_p256(key.get()))
    return {jwt_algorithm::es256, {}, std::move(key)};
  throw std::runtime_error{path + ": the public key must be RSA of " +
                           std::to_string(rsa_bits_min) + " bits or more, or EC P-256"};
}

bool jwt_key::fits(std::string_view signed_text, std::string_view signature) const {
  const error_sweeper sweeper;
  std::string bytes;
  if (!decode_base64url(signature, bytes))
    return false;
  if (algorithm_ != jwt_algorithm::hs256)
    return is_signature_by(public_key_.get(), signed_text, bytes);
  const auto mac = hmac_sha256(secret_, signed_text);
  // Compares in constant time: the duration does not show how many bytes were right.
  return mac.size() == bytes.size() && sodium_memcmp(mac.data(), bytes.data(), mac.size()) == 0;
}

} // namespace restante::serve
