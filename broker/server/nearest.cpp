#include "restante/broker/server/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace restante::serve {

namespace {

/// Longer words are cut off: more letters do not help, and the cost grows with the square of the
/// length.
constexpr std::size_t letters_max = 256;

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  a = a.substr(0, letters_max);
  b = b.substr(0, letters_max);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string nearest(std::string_view word, std::span<const std::string> known) {
  const auto distance = [word](const std::string& other) { return edit_distance(word, other); };
  const auto found = std::ranges::min_element(known, {}, distance);
  return found == known.end() ? std::string{} : *found;
}

} // namespace restante::serve
