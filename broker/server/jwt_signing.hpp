#pragma once

#include "restante/broker/server/jwt_key.hpp"
#include "restante/messages/instant.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// A key that tokens are signed with: the other half of a `jwt_key`. A broker never has it.
class signing_key {
public:
  /// Reads the key from what is in `path`: a private RSA (2,048 bits or more) or P-256 key as
  /// PEM without a password, else a secret as `jwt_key::read` takes it. Throws
  /// std::runtime_error, with a sentence that names the file, for anything else.
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

/// What a broker would say against these claims, whoever signed them; nothing if it would take
/// them now.
std::optional<std::string> fault_of(std::string_view claims, instant now);

} // namespace restante::serve
