#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace restante::serve {

/// How many bytes are needed to see whether a packet of a key begins.
inline constexpr std::size_t openpgp_head_bytes = 14;

/// The length of the OpenPGP packet that `bytes` begin with, its header included. Nothing when
/// `bytes` do not begin with a packet of a public or secret key. The first `openpgp_head_bytes` are
/// enough.
std::optional<std::size_t> openpgp_length(std::string_view bytes);

/// Whether `bytes` begin with a complete packet of a key (RFC 4880, RFC 9580), as `gpg --export`
/// writes it. One in 2^34 random texts passes this test.
bool is_openpgp_key(std::string_view bytes);

} // namespace restante::serve
