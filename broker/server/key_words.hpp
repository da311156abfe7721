#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// Finds `BEGIN PUBLIC KEY` with or without its dashes, indented or in one line. The answer is a
/// description for people, or nothing.
std::optional<std::string> armour_in(std::string_view text);

/// Finds words that occur only in the text of a key or a certificate. The answer is a description
/// for people, or nothing.
std::optional<std::string> words_of_keys(std::string_view text);

} // namespace restante::serve
