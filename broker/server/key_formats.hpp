#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// Finds keys and certificates, so that none is taken for a secret: who publishes a key would
/// publish the secret.
///
/// Answers what `text` holds, for people ("a public RSA key"), or nothing. It finds PEM (whole, or
/// what is left of it), DER, SSH, PuTTY, PGP, PKCS #7 and #12, Java key stores, JWK, JWKS, XML,
/// dumps with offsets, and bare RSA moduli and EC points; each as bytes, in base64, base64url or
/// hex, with or without line breaks, and with text around it.
///
/// It never finds one in 32 random bytes, as they are or in base64 or hex: the smallest key that
/// it knows takes 33. In n random bytes more it does so once in 2^34 per byte, but for two sizes:
/// - of an RSA modulus (256, 384, 512 and 1024 bytes): one in 40 could be one, and is found;
/// - of a compressed EC point, with nothing around it: of 33 bytes one in 171 begins with 2 or 3
///   and is on P-256 or secp256k1, of 49 bytes one in 256 (P-384), of 67 one in 2^15 (P-521).
std::optional<std::string> key_in(std::string_view text);

} // namespace restante::serve
