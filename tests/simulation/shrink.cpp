#include "restante/tests/simulation/shrink.hpp"

#include <algorithm>
#include <utility>

namespace restante::simulation {

namespace {

script without(const script& from, std::size_t first, std::size_t count) {
  auto begin = from.begin() + static_cast<std::ptrdiff_t>(first);
  script result(from.begin(), begin);
  result.insert(result.end(), begin + static_cast<std::ptrdiff_t>(count), from.end());
  return result;
}

} // namespace

script shrink(script from, const predicate& fails, std::size_t tries) {
  auto chunk = std::max<std::size_t>(1, from.size() / 2);
  for (;;) {
    auto removed = false;
    // Starts at the end, because later lines depend on earlier lines.
    for (auto end = from.size(); end > 0 && tries > 0; --tries) {
      auto count = std::min(chunk, end);
      auto candidate = without(from, end - count, count);
      if (fails(candidate)) {
        from = std::move(candidate);
        removed = true;
      }
      end -= count;
    }
    if (tries == 0)
      return from;
    if (chunk > 1)
      chunk /= 2;
    else if (!removed)
      return from;
  }
}

} // namespace restante::simulation
