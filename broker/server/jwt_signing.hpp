#pragma once

#include "restante/broker/server/jwt_key.hpp"
#include "restante/messages/instant.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// A key that signs tokens: the counterpart of a `jwt_key`. A broker never has it.
class signing_key {
public:
  /// Reads the key from the content of `path`: a private RSA (2,048 bits or more) or P-256 key as
  /// PEM without a password, or a secret that `jwt_key::read` accepts. Throws std::runtime_error,
  /// with a sentence that names the file, for anything else.
  static signing_key read(std::string_view text, const std::string& path);

  jwt_algorithm algorithm() const { return algorithm_; }

  /// The token with these claims, a JSON object. Throws std::runtime_error when it cannot be
  /// signed.
  std::string token(std::string_view claims) const;

private:
  signing_key(jwt_algorithm algorithm, std::string secret, key_half private_key)
      : algorithm_{algorithm}, secret_{std::move(secret)}, private_key_{std::move(private_key)} {}

  jwt_algorithm algorithm_;
  std::string secret_;   ///< of an HMAC, else empty
  key_half private_key_; ///< null for an HMAC
};

/// Why a broker would refuse these claims now, with any valid signature; nothing if a broker would
/// accept them.
std::optional<std::string> fault_of(std::string_view claims, instant now);

} // namespace restante::serve
