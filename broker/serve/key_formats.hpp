#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// Finds keys and certificates, so that none is taken for a secret: who publishes a key would
/// publish the secret.
///
/// Answers what `text` holds, for people ("a public RSA key"), or nothing. It finds PEM (whole, or
/// what is left of it), DER, SSH, PuTTY, PGP, PKCS #7 and #12, Java key stores, JWK, JWKS, XML and
/// bare RSA moduli and EC points; each as bytes, in base64, base64url or hex, with or without line
/// breaks, and with text around it.
///
/// It never finds one in 32 random bytes, as they are or in base64 or hex: the smallest key that
/// it knows takes 40. In n random bytes more it does so once in 2^35, but for the sizes of an RSA
/// modulus (256, 384, 512 and 1024 bytes): there one in 40 could be a modulus, and is found.
std::optional<std::string> key_in(std::string_view text);

} // namespace restante::serve
