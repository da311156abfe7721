#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// No key or certificate is smaller in DER: an Ed25519 key takes 44 bytes.
inline constexpr std::size_t der_bytes_min = 40;

/// The length of the DER SEQUENCE that `bytes` begin with, its header included. Nothing when
/// `bytes` do not begin with a SEQUENCE whose first element fits a key or certificate. The first 8
/// bytes are enough.
std::optional<std::size_t> der_length(std::string_view bytes);

/// Describes for people what `bytes` begin with: a key, certificate, request or container in DER,
/// as OpenSSL reads them, or a key in a binary format of SSH, PGP, Java or Microsoft.
std::optional<std::string> binary_shape(std::string_view bytes);

} // namespace restante::serve
