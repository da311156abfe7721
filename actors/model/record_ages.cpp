#include "restante/actors/model/record_ages.hpp"

#include <algorithm>

namespace restante::model {

namespace {

constexpr std::int64_t parts_of_age = 16;

/// A step must be worth its messages, also where all records are young.
constexpr duration least_step = std::chrono::milliseconds{1};

} // namespace

void record_ages::move(of_namespace& home, const place& who, instant from, instant to) {
  if (from == to)
    return;
  const auto before = home.oldest();
  if (from != instant::never())
    home.clients_.erase({from, who});
  if (to != instant::never())
    home.clients_.emplace(to, who);
  const auto after = home.oldest();
  if (before == after)
    return;
  if (before != instant::never())
    homes_.erase({before, home.number_, &home});
  if (after != instant::never())
    homes_.emplace(after, home.number_, &home);
}

std::optional<record_ages::place> record_ages::first(const of_namespace* home,
                                                     instant older_than) const {
  if (home == nullptr && !homes_.empty())
    home = std::get<const of_namespace*>(*homes_.begin());
  if (home == nullptr || home->empty() || home->oldest() >= older_than)
    return std::nullopt;
  return home->clients_.begin()->second;
}

instant trimmed_with(instant oldest, instant now) {
  const auto age = std::max(now - oldest, duration{0});
  return oldest + std::max(age / parts_of_age, least_step);
}

} // namespace restante::model
