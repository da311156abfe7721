#pragma once

#include <span>
#include <string>
#include <string_view>

namespace restante::serve {

/// How many letters must be changed, left out or put in to make one of the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `known` that is most like `word`; the earliest of several, and empty when
/// nothing is known.
std::string nearest(std::string_view word, std::span<const std::string> known);

} // namespace restante::serve
