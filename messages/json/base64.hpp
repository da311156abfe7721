#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::json {

/// Standard base64 with padding.
std::string base64_of(std::string_view bytes);

/// The bytes of standard base64 with padding. Nothing for other alphabets, missing padding, white
/// space, or bits after the last byte.
std::optional<std::string> bytes_of(std::string_view base64);

} // namespace restante::json
