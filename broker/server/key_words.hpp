#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// `BEGIN PUBLIC KEY`, with or without its dashes, indented or in one line; for people, or nothing.
std::optional<std::string> armour_in(std::string_view text);

/// Words that only the text of a key or a certificate has: what it is, for people, or nothing.
std::optional<std::string> words_of_keys(std::string_view text);

} // namespace restante::serve
