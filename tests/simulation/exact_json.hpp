#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restante::simulation {

/// JSON whose objects keep the order of their members (spec N1).
using json = nlohmann::ordered_json;

/// Reads `text` without loss: members keep their order, and a number that is not a 64-bit integer
/// keeps its digits. Such a number becomes a string with a mark in front, which `write_exact`
/// removes again. So comparing two values compares digits and not doubles.
///
/// Nothing when `text` is not JSON, is not valid UTF-8 or nests deeper than 64.
std::optional<json> read_exact(std::string_view text);

/// The compact text of a value that `read_exact` or `exact_number` made.
std::string write_exact(const json& value);

/// A number with exactly these digits.
json exact_number(std::string_view digits);

/// The digits of such a number, nothing for any other value.
std::optional<std::string> digits_of(const json& value);

} // namespace restante::simulation
