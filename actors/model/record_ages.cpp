#include "restante/actors/model/record_ages.hpp"

#include "restante/messages/assert.hpp"

#include <algorithm>

namespace restante::model {

namespace {

constexpr std::int64_t parts_of_age = 16;

/// The least step: a step must be worth its messages, even if all records are young.
constexpr duration least_step = std::chrono::milliseconds{1};

} // namespace

void record_ages::move(of_namespace& group, const child_key& who, instant from, instant to) {
  if (from == to)
    return;
  const auto before = group.oldest();
  if (from != instant::never()) {
    const auto known = group.clients_.erase({from, who});
    RESTANTE_ASSERT(known == 1);
  }
  if (to != instant::never())
    group.clients_.emplace(to, who);
  const auto after = group.oldest();
  if (before == after)
    return;
  if (before != instant::never())
    groups_.erase({before, group.number_, &group});
  if (after != instant::never())
    groups_.emplace(after, group.number_, &group);
  RESTANTE_ASSERT(groups_.empty() || oldest() <= group.oldest());
}

std::optional<record_ages::child_key> record_ages::first(const of_namespace* group,
                                                         instant older_than) const {
  if (group == nullptr && !groups_.empty())
    group = std::get<const of_namespace*>(*groups_.begin());
  if (group == nullptr || group->empty() || group->oldest() >= older_than)
    return std::nullopt;
  return group->clients_.begin()->second;
}

instant trimmed_with(instant oldest, instant now) {
  const auto age = std::max(now - oldest, duration{0});
  return oldest + std::max(age / parts_of_age, least_step);
}

} // namespace restante::model
