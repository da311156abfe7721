#pragma once

#include <span>
#include <string>
#include <string_view>

namespace restante::serve {

/// How many letters must be changed, removed or inserted to turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The entry of `known` that is closest to `word`; the earliest of several. Empty when `known` is
/// empty.
std::string nearest(std::string_view word, std::span<const std::string> known);

} // namespace restante::serve
