#pragma once

#include <string_view>
#include <vector>

namespace restante::json {

/// The items of a JSON array, each as it stands. `array` must be the compact text of a
/// well-formed one, as `members` keeps it; the items are views into it.
std::vector<std::string_view> items_of(std::string_view array);

} // namespace restante::json
