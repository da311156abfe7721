#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// The secret in a file: all of its bytes, but for the one line end behind a text. Bytes that are
/// no text have no line end, even where the last one is 10.
std::string_view secret_in(std::string_view file);

/// What speaks against these bytes of a file as a secret, as a sentence without its end:
/// they look like a key or certificate, which others may know; or like text that somebody
/// saved in another way than they meant, so that whoever signs uses other bytes.
/// Nothing: it can be one. Random bytes can, whatever they are (but see `key_in`).
std::optional<std::string> fault_in_secret(std::string_view file);

} // namespace restante::serve
