#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// The secret in a file: all of its bytes, without one line end after a text. Bytes that are not
/// text have no line end, even when the last byte is 10.
std::string_view secret_in(std::string_view file);

/// Why the bytes of a file cannot serve as a secret, as a sentence without its end. They look like
/// a key or certificate, which others may know; or like text that was saved in an unintended form,
/// so that the signer would use other bytes. Nothing: they can be a secret. All random bytes can be
/// one (except as `key_in` says).
std::optional<std::string> fault_in_secret(std::string_view file);

} // namespace restante::serve
