#pragma once

#include <string_view>
#include <vector>

namespace restante::json {

/// The texts of the items of a JSON array. `array` must be compact and valid, as `members` keeps
/// it. The texts are views into `array`.
std::vector<std::string_view> items_of(std::string_view array);

} // namespace restante::json
