#include "restante/actors/model/id_index.hpp"

#include "restante/actors/model/rights.hpp"
#include "restante/messages/assert.hpp"

#include <boost/multi_index/identity.hpp>
#include <boost/multi_index/ranked_index.hpp>
#include <boost/multi_index_container.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace restante::model {

/// Ids of one shard in order, each with its rank.
namespace ranking {

/// A place in the order of all ids: where an id is, or would be.
struct rank_key {
  std::string_view ns;
  std::string_view id;
};

inline rank_key rank_key_of(const listed_id* one) {
  return {*one->ns, one->id};
}
inline rank_key rank_key_of(const rank_key& at) {
  return at;
}

struct in_order {
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    const auto left = rank_key_of(a);
    const auto right = rank_key_of(b);
    return std::tie(left.ns, left.id) < std::tie(right.ns, right.id);
  }
};

using ranks = boost::multi_index::multi_index_container<
    const listed_id*, boost::multi_index::indexed_by<boost::multi_index::ranked_unique<
                          boost::multi_index::identity<const listed_id*>, in_order>>>;

} // namespace ranking

namespace {

/// The first text after all texts that begin with `prefix`; empty when there is none.
std::string behind_all_of(std::string_view prefix) {
  std::string end{prefix};
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff)
    end.pop_back();
  if (!end.empty())
    end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

bool may_be_told(const get_ids& asked, std::string_view id) {
  return std::ranges::any_of(*asked.allowed,
                             [id](const pattern_parts& one) { return matches(one, id); });
}

} // namespace

struct id_index::ranked {
  ranking::ranks ids;

  std::size_t rank_of(const ranking::rank_key& at) const {
    return ids.lower_bound_rank(at, ranking::in_order{});
  }
};

/// A run of ids that are selected in one way.
struct id_index::range {
  enum class kind : std::uint8_t {
    all,      ///< all that begin with `text` may be shown
    matching, ///< of these, only ids that match a pattern
    one       ///< `text` itself
  };
  std::string text;
  kind how = kind::all;

  bool covers(const range& other) const { return how != kind::one && other.text.starts_with(text); }
};

struct id_index::found {
  ids_view view;
  std::size_t limit = 0;
};

namespace {

/// The ids that a pattern may match, as a range of ids; nothing if it is not within `prefix`.
template <class Range>
std::optional<Range> range_of(const pattern_parts& pattern, const std::string& prefix) {
  using kind = typename Range::kind;
  const auto& head = pattern.front();
  const bool is_whole_id = pattern.size() == 1;
  const bool is_head_only = std::all_of(std::next(pattern.begin()), pattern.end(),
                                        [](const auto& part) { return part.empty(); });
  if (head.starts_with(prefix))
    return Range{head, is_whole_id ? kind::one : is_head_only ? kind::all : kind::matching};
  if (is_whole_id || !prefix.starts_with(head))
    return std::nullopt;
  return Range{prefix, is_head_only ? kind::all : kind::matching};
}

/// The ranges that together hold all ids that may be shown, in order and without overlap.
template <class Range>
std::vector<Range> ranges_of(const get_ids& asked) {
  using kind = typename Range::kind;
  if (asked.scope == id_scope::all)
    return {{asked.range.prefix, kind::all}};
  std::vector<Range> parts;
  for (const auto& pattern : *asked.allowed) {
    if (auto part = range_of<Range>(pattern, asked.range.prefix))
      parts.push_back(std::move(*part));
  }
  // Of ranges with one text, the widest comes first: `all`, then `matching`, then `one`.
  std::ranges::sort(parts, [](const Range& a, const Range& b) {
    return std::tie(a.text, a.how) < std::tie(b.text, b.how);
  });
  std::vector<Range> apart;
  for (auto& part : parts) {
    const bool is_known =
        !apart.empty() && (apart.back().covers(part) || apart.back().text == part.text);
    if (!is_known)
      apart.push_back(std::move(part));
  }
  return apart;
}

} // namespace

id_index::id_index() : all_{std::make_unique<ranked>()} {}
id_index::~id_index() = default;

void id_index::add(const listed_id& one) {
  const bool is_new = all_->ids.insert(&one).second;
  RESTANTE_ASSERT(is_new);
}

void id_index::remove(const listed_id& one) {
  const auto known = all_->ids.erase(&one);
  RESTANTE_ASSERT(known == 1);
}

std::size_t id_index::size() const {
  return all_->ids.size();
}

void id_index::clear() {
  all_->ids.clear();
}

ids_view id_index::page(const get_ids& asked) const {
  found into{{asked.op, {}, 0, 0}, asked.range.limit};
  for (const auto& part : ranges_of<range>(asked)) {
    if (part.how == range::kind::all)
      add_all(part, asked, into);
    else
      add_matching(part, asked, into);
  }
  return std::move(into.view);
}

/// Counts ids by rank and looks only at the ids that it takes.
void id_index::add_all(const range& part, const get_ids& asked, found& into) const {
  const auto& ns = asked.range.ns;
  const auto end_text = behind_all_of(part.text);
  const auto next_ns = ns + '\0';
  const auto first = all_->rank_of({ns, part.text});
  const auto end = all_->rank_of(end_text.empty() ? ranking::rank_key{next_ns, {}}
                                                  : ranking::rank_key{ns, end_text});
  auto from = first;
  if (!asked.range.after.empty()) {
    const auto after =
        all_->ids.upper_bound_rank(ranking::rank_key{ns, asked.range.after}, ranking::in_order{});
    from = std::clamp(after, first, std::max(first, end));
  }
  into.view.total += end - first;
  into.view.behind += end - from;
  auto at = all_->ids.nth(from);
  for (auto rank = from; rank < end && into.view.ids.size() < into.limit; ++rank, ++at) {
    ++looked_at_;
    into.view.ids.push_back((*at)->id);
  }
}

void id_index::add_matching(const range& part, const get_ids& asked, found& into) const {
  const auto& ids = all_->ids;
  for (auto at = ids.lower_bound(ranking::rank_key{asked.range.ns, part.text}, ranking::in_order{});
       at != ids.end(); ++at) {
    const auto& one = **at;
    const bool is_in =
        *one.ns == asked.range.ns &&
        (part.how == range::kind::one ? one.id == part.text : one.id.starts_with(part.text));
    if (!is_in)
      break;
    ++looked_at_;
    if (!may_be_told(asked, one.id))
      continue;
    ++into.view.total;
    if (!asked.range.after.empty() && one.id <= asked.range.after)
      continue;
    ++into.view.behind;
    if (into.view.ids.size() < into.limit)
      into.view.ids.push_back(one.id);
  }
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
