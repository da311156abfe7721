#pragma once

#include "restante/broker/server/key_encodings.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The bare numbers that public keys consist of.
namespace restante::serve {

/// Whether bytes of this size may be what an RSA public key consists of: of a usual size, odd, with
/// the first bit set, and without a small factor.
bool is_modulus(std::string_view bytes);

/// Whether they are an uncompressed point on one of the curves in use (also without the leading
/// 4), which is what an EC public key consists of.
bool is_curve_point(std::string_view bytes);

/// Whether they are a compressed point: 2 or 3 and one coordinate. Of random bytes of such a size
/// many are: of 33 bytes one in 171 (P-256 or secp256k1), of 49 one in 256 (P-384), of 67 one in
/// 2^15 (P-521).
bool is_compressed_point(std::string_view bytes);

/// A modulus or a point that other text stands around: for people, or nothing.
std::optional<std::string> numbers_in(const encoding& how, std::string_view text);

} // namespace restante::serve
