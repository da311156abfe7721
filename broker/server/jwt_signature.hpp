#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace restante::serve {

/// One half of a key pair. OpenSSL counts the references; several threads may use the key at once.
using key_half = std::shared_ptr<EVP_PKEY>;

/// Takes ownership of an object that OpenSSL made; null stays null.
key_half key_half_of(EVP_PKEY* made);

/// HMAC with SHA-256 (RFC 7518, 3.2): 32 bytes. Throws std::bad_alloc.
std::string hmac_sha256(std::string_view secret, std::string_view text);

/// The signature of `text` by a private key: RSASSA-PKCS1-v1_5 with SHA-256 for an RSA key (RFC
/// 7518, 3.3), ECDSA with SHA-256 for a P-256 key (3.4). Empty when the key cannot sign. Throws
/// std::bad_alloc.
std::string signature_by(EVP_PKEY* key, std::string_view text);

/// Whether `signature` of `text` was made with the private key that belongs to this public key.
/// Throws std::bad_alloc.
bool is_signature_by(EVP_PKEY* key, std::string_view text, std::string_view signature);

} // namespace restante::serve
