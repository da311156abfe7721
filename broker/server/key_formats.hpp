#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// Finds keys and certificates, so that no key or certificate is used as a secret: publishing the
/// key would publish the secret.
///
/// The answer describes for people what `text` holds ("a public RSA key"), or is nothing. The
/// search covers PEM (complete or damaged), DER, SSH, PuTTY, PGP, PKCS #7 and #12, Java key stores,
/// JWK, JWKS, XML, dumps with offsets, and bare RSA moduli and EC points. Each may be in bytes,
/// base64, base64url or hex, with or without line breaks, and with text around it.
///
/// The search never reports 32 random bytes, raw or in base64 or hex: the smallest key that it
/// knows takes 33 bytes. For n additional random bytes the chance of a false report is one in 2^34
/// per byte, with two exceptions:
/// - the size of an RSA modulus (256, 384, 512 and 1024 bytes): one in 40 random texts could be a
///   modulus and is reported;
/// - the size of a compressed EC point, with nothing around it: of 33 bytes one in 171 begins with
///   2 or 3 and is on P-256 or secp256k1, of 49 bytes one in 256 (P-384), of 67 one in 2^15
///   (P-521).
std::optional<std::string> key_in(std::string_view text);

} // namespace restante::serve
