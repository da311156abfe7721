#pragma once

#include "restante/broker/server/key_encodings.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The bare numbers that public keys consist of.
namespace restante::serve {

/// Whether the bytes may be the modulus of an RSA public key: a usual size, odd, the first bit set,
/// and no small factor.
bool is_modulus(std::string_view bytes);

/// Whether the bytes are an uncompressed point on one of the curves in use (also without the
/// leading 4). An EC public key consists of such a point.
bool is_curve_point(std::string_view bytes);

/// Whether the bytes are a compressed point: 2 or 3 and one coordinate. Many random texts of such a
/// size are: of 33 bytes one in 171 (P-256 or secp256k1), of 49 one in 256 (P-384), of 67 one in
/// 2^15 (P-521).
bool is_compressed_point(std::string_view bytes);

/// Finds a modulus or a point inside other text. The answer is a description for people, or
/// nothing.
std::optional<std::string> numbers_in(const encoding& how, std::string_view text);

} // namespace restante::serve
