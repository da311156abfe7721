#pragma once

#include "restante/broker/server/jwt_signature.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace restante::serve {

/// The algorithms that may sign a JWT. `none` is not one of them.
enum class jwt_algorithm { hs256, rs256, es256 };

/// `HS256` …, as written in the header of a token and in the settings.
std::string_view to_string(jwt_algorithm algorithm);

/// A key that verifies signatures. The key alone decides the algorithm, and the token cannot change
/// it: a public key never serves as the secret of an HMAC.
class jwt_key {
public:
  /// Reads the key from the content of `path`: one public RSA (2,048 bits or more) or P-256 key as
  /// PEM, or a secret of 32 bytes or more. One line end after a text is not part of the secret.
  /// Throws std::runtime_error, with a sentence that names the file, for anything else: several
  /// keys, private keys, and text that `fault_in_secret` refuses.
  static jwt_key read(std::string_view text, const std::string& path);

  jwt_algorithm algorithm() const { return algorithm_; }

  /// Whether `signature` (base64url) was made with this key over `signed_text`. Throws
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

/// Decodes unpadded base64url into `bytes`. Whether the text was valid.
bool decode_base64url(std::string_view text, std::string& bytes);

} // namespace restante::serve
