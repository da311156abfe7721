#pragma once

#include "restante/broker/server/jwt_signature.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace restante::serve {

/// How a JWT may be signed. `none` is no way to do so.
enum class jwt_algorithm { hs256, rs256, es256 };

/// `HS256` …, as the header of a token and the settings spell it.
std::string_view to_string(jwt_algorithm algorithm);

/// A key that signatures are checked with. It fits one algorithm, whatever a token says: a
/// public key never serves as the secret of an HMAC.
class jwt_key {
public:
  /// Reads the key from what is in `path`: one public RSA (2,048 bits or more) or P-256 key as
  /// PEM, else a secret of 32 bytes or more; one line end behind a text is no part of it.
  /// Throws std::runtime_error, with a sentence that names the file, for anything else:
  /// several keys, private keys, and what `fault_in_secret` says is no secret.
  static jwt_key read(std::string_view text, const std::string& path);

  jwt_algorithm algorithm() const { return algorithm_; }

  /// Whether `signature` (base64url) is this key's over `signed_text`. Throws
  /// std::bad_alloc.
  bool fits(std::string_view signed_text, std::string_view signature) const;

private:
  jwt_key(jwt_algorithm algorithm, std::string secret, key_half public_key)
      : algorithm_{algorithm}, secret_{std::move(secret)}, public_key_{std::move(public_key)} {}

  static jwt_key from_pem(std::string_view text, const std::string& path);

  jwt_algorithm algorithm_;
  std::string secret_;  ///< of an HMAC, else empty
  key_half public_key_; ///< null for an HMAC
};

/// The bytes behind unpadded base64url, and whether it was any.
bool decode_base64url(std::string_view text, std::string& bytes);

} // namespace restante::serve
