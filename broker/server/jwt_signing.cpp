#include "restante/broker/server/jwt_signing.hpp"

#include "restante/broker/gateway/pem_blocks.hpp"
#include "restante/broker/server/freed_by.hpp"
#include "restante/broker/server/jwt_claims.hpp"
#include "restante/broker/server/secret_text.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>

#include <stdexcept>

namespace restante::serve {

namespace {

using bio = owned<BIO, BIO_free>;

int no_password(char*, int, int, void*) {
  return -1;
}

key_half private_key_in(std::string_view text, const std::string& path) {
  const bio in{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  auto key =
      key_half_of(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, &no_password, nullptr) : nullptr);
  ERR_clear_error();
  if (!key)
    throw std::runtime_error{path + ": there is no private key in it that can be read without a "
                                    "password; tokens are signed with one"};
  return key;
}

/// The public half of a private key, as PEM.
std::string public_pem_of(EVP_PKEY* key) {
  const bio out{BIO_new(BIO_s_mem())};
  if (!out || PEM_write_bio_PUBKEY(out.get(), key) != 1)
    throw std::runtime_error{"OpenSSL could not write a key"};
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string base64url(std::string_view bytes) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back(); // removes the NUL
  return text;
}

} // namespace

signing_key signing_key::read(std::string_view text, const std::string& path) {
  if (text.find("-----BEGIN") == std::string_view::npos) {
    const auto checking = jwt_key::read(text, path); // throws when the secret is unsuitable
    return {checking.algorithm(), std::string{secret_in(text)}, nullptr};
  }
  if (gateway::pem_blocks(text, "PRIVATE KEY") > 1)
    throw std::runtime_error{path + ": there are several private keys in it, and only one would be "
                                    "used: give one"};
  auto key = private_key_in(text, path);
  // The public half shows the algorithm of the key and whether the key is strong enough.
  const auto checking = jwt_key::read(public_pem_of(key.get()), path);
  return {checking.algorithm(), {}, std::move(key)};
}

std::string signing_key::token(std::string_view claims) const {
  const auto header = R"({"alg":")" + std::string{to_string(algorithm_)} + R"(","typ":"JWT"})";
  const auto text = base64url(header) + "." + base64url(claims);
  const auto signature = algorithm_ == jwt_algorithm::hs256
                             ? hmac_sha256(secret_, text)
                             : signature_by(private_key_.get(), text);
  ERR_clear_error();
  if (signature.empty())
    throw std::runtime_error{"the token could not be signed"};
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
