#include "restante/broker/server/jwt_signature.hpp"

#include "restante/broker/server/freed_by.hpp"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <new>

namespace restante::serve {

namespace {

using digest_context = owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using ecdsa_pair = owned<ECDSA_SIG, ECDSA_SIG_free>;
using big_number = owned<BIGNUM, BN_free>;

/// The length of each of the two numbers in an ECDSA signature over P-256.
constexpr std::size_t number_bytes = 32;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

template <class Pointer>
Pointer not_null(Pointer what) {
  if (!what)
    throw std::bad_alloc{};
  return what;
}

bool is_elliptic(EVP_PKEY* key) {
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
}

// A token holds the two numbers side by side (RFC 7518, 3.4). OpenSSL expects a DER sequence of
// both.

/// Empty when the text is not a pair of numbers.
std::string der_of(std::string_view pair) {
  if (pair.size() != 2 * number_bytes)
    return {};
  auto r = not_null(big_number{BN_bin2bn(bytes_of(pair), number_bytes, nullptr)});
  auto s = not_null(big_number{BN_bin2bn(bytes_of(pair) + number_bytes, number_bytes, nullptr)});
  const auto both = not_null(ecdsa_pair{ECDSA_SIG_new()});
  ECDSA_SIG_set0(both.get(), r.release(), s.release());
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(both.get(), nullptr)), '\0');
  auto* at = bytes_of(der);
  i2d_ECDSA_SIG(both.get(), &at);
  return der;
}

/// Empty when the text is not a DER sequence of two such numbers.
std::string pair_of(std::string_view der) {
  const auto* at = bytes_of(der);
  const ecdsa_pair both{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
  std::string pair(2 * number_bytes, '\0');
  if (!both || BN_bn2binpad(ECDSA_SIG_get0_r(both.get()), bytes_of(pair), number_bytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(both.get()), bytes_of(pair) + number_bytes, number_bytes) < 0)
    return {};
  return pair;
}

} // namespace

key_half key_half_of(EVP_PKEY* made) {
  return made == nullptr ? nullptr : key_half{made, &EVP_PKEY_free};
}

std::string hmac_sha256(std::string_view secret, std::string_view text) {
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text),
           text.size(), bytes_of(mac), &length) == nullptr)
    throw std::bad_alloc{};
  mac.resize(length);
  return mac;
}

std::string signature_by(EVP_PKEY* key, std::string_view text) {
  const auto context = not_null(digest_context{EVP_MD_CTX_new()});
  std::size_t length = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &length, bytes_of(text), text.size()) != 1)
    return {};
  std::string signature(length, '\0'); // the maximum length
  if (EVP_DigestSign(context.get(), bytes_of(signature), &length, bytes_of(text), text.size()) != 1)
    return {};
  signature.resize(length);
  return is_elliptic(key) ? pair_of(signature) : signature;
}

bool is_signature_by(EVP_PKEY* key, std::string_view text, std::string_view signature) {
  std::string der;
  if (is_elliptic(key)) {
    der = der_of(signature);
    signature = der;
  }
  const auto context = not_null(digest_context{EVP_MD_CTX_new()});
  return !signature.empty() &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

} // namespace restante::serve
