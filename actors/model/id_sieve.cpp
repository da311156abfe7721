#include "restante/actors/model/id_sieve.hpp"

#include "restante/actors/model/rights.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace restante::model {

namespace {

bool is_before(const std::string* a, const std::string* b) {
  return *a < *b;
}

} // namespace

bool id_sieve::may_be_told(std::string_view id) const {
  return asked_.scope == id_scope::all ||
         std::ranges::any_of(*asked_.allowed,
                             [id](const pattern_parts& one) { return matches(one, id); });
}

void id_sieve::see(std::string_view ns, const std::string& id) {
  const auto& range = asked_.range;
  if (ns != range.ns || !id.starts_with(range.prefix) || !may_be_told(id))
    return;
  ++total_;
  if (!range.after.empty() && id <= range.after)
    return;
  ++behind_;
  if (first_.size() < range.limit) {
    first_.push_back(&id);
    std::ranges::push_heap(first_, is_before);
  } else if (range.limit > 0 && id < *first_.front()) {
    std::ranges::pop_heap(first_, is_before);
    first_.back() = &id;
    std::ranges::push_heap(first_, is_before);
  }
}

ids_view id_sieve::view() {
  std::ranges::sort_heap(first_, is_before);
  ids_view found{asked_.op, {}, total_, behind_};
  found.ids.reserve(first_.size());
  for (const auto* id : first_)
    found.ids.push_back(*id);
  first_.clear();
  return found;
}

void merge_ids(std::vector<std::string>& into, std::vector<std::string> more, std::size_t limit) {
  std::vector<std::string> merged;
  merged.reserve(into.size() + more.size());
  std::merge(std::move_iterator{into.begin()}, std::move_iterator{into.end()},
             std::move_iterator{more.begin()}, std::move_iterator{more.end()},
             std::back_inserter(merged));
  if (merged.size() > limit)
    merged.resize(limit);
  into = std::move(merged);
}

} // namespace restante::model
