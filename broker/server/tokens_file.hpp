#pragma once

#include "restante/broker/gateway/identity.hpp"
#include "restante/broker/server/rights_text.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// The longest token. A longer text is refused before any further check.
inline constexpr std::size_t token_bytes_max = 8192;

/// SHA-256 of a token. Only the digest is kept and compared, so that neither the time of a look-up
/// nor a memory dump reveals a token.
using token_digest = std::array<unsigned char, 32>;
token_digest digest_of(std::string_view token);

/// The credentials of each static token.
using static_tokens = std::map<token_digest, gateway::credentials>;

/// Reads a file of tokens (docs/operations.md). `default_rights` are those of clients that the file
/// gives none; nothing: everything a client may do. Throws std::runtime_error with a sentence that
/// begins with `path:line:`.
static_tokens read_tokens(const std::string& path,
                          const std::optional<rights_text>& default_rights = {});

/// Parses `text` as the content of `path`. Results and errors are those of `read_tokens`.
static_tokens parse_tokens(std::string_view text, const std::string& path,
                           const std::optional<rights_text>& default_rights = {});

/// Errors: unauthenticated for an unknown token; token_expired from `expires_at` on.
outcome<gateway::credentials> look_up(const static_tokens& tokens, std::string_view token,
                                      instant now);

} // namespace restante::serve
