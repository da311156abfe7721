// Ids in order, by page and by rank.

#include "restante/actors/model/id_index.hpp"
#include "restante/actors/model/rights.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <random>
#include <set>

namespace restante::model {
namespace {

using texts = std::vector<std::string>;

/// An index with its own ids, which live as long as the index.
class kept_ids {
public:
  explicit kept_ids(const texts& all, std::string ns = {}) { add(all, std::move(ns)); }

  void add(const texts& all, std::string ns) {
    const auto& name = *names_.emplace(std::move(ns)).first;
    for (const auto& id : all)
      index.add(ids_.emplace_back(listed_id{&name, id}));
  }
  void remove(const std::string& id) {
    const auto found = std::ranges::find(ids_, id, &listed_id::id);
    index.remove(*found);
    ids_.erase(found);
  }

  id_index index;

private:
  std::set<std::string> names_;
  std::list<listed_id> ids_;
};

ids_view page_of(const get_ids& asked, const texts& all, const std::string& ns = {}) {
  return kept_ids{all, ns}.index.page(asked);
}

get_ids range(std::string prefix, std::string after, std::uint32_t limit) {
  return {9, {std::move(prefix), std::move(after), limit, ""}, {}, {}};
}

TEST(IdIndex, S8_keeps_the_first_and_counts_all) {
  const texts all{"c", "a", "e", "b", "d"};
  EXPECT_EQ(page_of(range("", "", 3), all), (ids_view{9, {"a", "b", "c"}, 5, 5}));
  EXPECT_EQ(page_of(range("", "", 5), all), (ids_view{9, {"a", "b", "c", "d", "e"}, 5, 5}));
  EXPECT_EQ(page_of(range("", "", 6), all), (ids_view{9, {"a", "b", "c", "d", "e"}, 5, 5}));
  EXPECT_EQ(page_of(range("", "b", 2), all), (ids_view{9, {"c", "d"}, 5, 3}));
  EXPECT_EQ(page_of(range("", "e", 2), all), (ids_view{9, {}, 5, 0}));
  EXPECT_EQ(page_of(range("", "bb", 1), all), (ids_view{9, {"c"}, 5, 3}));
  EXPECT_EQ(page_of(range("", "", 0), all), (ids_view{9, {}, 5, 5}));
  EXPECT_EQ(page_of(range("", "", 3), {}), (ids_view{9, {}, 0, 0}));
}

TEST(IdIndex, E9_sees_its_own_namespace_only) {
  auto asked = range("", "", 3);
  EXPECT_EQ(page_of(asked, {"a"}, "red"), (ids_view{9, {}, 0, 0}));
  asked.range.ns = "red";
  EXPECT_EQ(page_of(asked, {"a"}, "red"), (ids_view{9, {"a"}, 1, 1}));
  EXPECT_EQ(page_of(asked, {"a"}, "redd"), (ids_view{9, {}, 0, 0}));
}

TEST(IdIndex, S8_bytes_count_and_not_letters) {
  const texts all{"\xc3\xa9", "z", "Z", std::string{"z\0", 2}, "z\xff"};
  EXPECT_EQ(page_of(range("", "", 9), all).ids,
            (texts{"Z", "z", std::string{"z\0", 2}, "z\xff", "\xc3\xa9"}));
  EXPECT_EQ(page_of(range("\xc3", "", 9), all).ids, (texts{"\xc3\xa9"})); // half a letter
  EXPECT_EQ(page_of(range("z", "z", 9), all),
            (ids_view{9, {std::string{"z\0", 2}, "z\xff"}, 3, 2}));
  EXPECT_EQ(page_of(range("zz", "", 9), all).total, 0U);
}

TEST(IdIndex, W7_what_may_not_be_told_is_not_even_counted) {
  auto asked = range("", "", 2);
  asked.scope = id_scope::matching;
  EXPECT_EQ(page_of(asked, {"a", "b"}), (ids_view{9, {}, 0, 0}));
  asked.allowed = shared{std::vector<pattern_parts>{{"a"}, {"room/", ""}}};
  EXPECT_EQ(page_of(asked, {"b", "room/2", "a", "room", "room/1", "aa"}),
            (ids_view{9, {"a", "room/1"}, 3, 3}));
  asked.scope = id_scope::all; // then patterns count for nothing
  EXPECT_EQ(page_of(asked, {"b", "a"}).total, 2U);
}

TEST(IdIndex, S8_any_order_of_many_gives_what_sorting_all_would) {
  std::mt19937 random{7};
  texts all;
  for (int i = 0; i < 2000; ++i)
    all.push_back(std::to_string(i));
  auto sorted = all;
  std::ranges::sort(sorted);
  for (int round = 0; round < 20; ++round) {
    std::ranges::shuffle(all, random);
    const auto from = random() % sorted.size();
    const auto limit = 1 + random() % 256;
    const auto found = page_of(range("", sorted[from], static_cast<std::uint32_t>(limit)), all);
    const auto behind = sorted.size() - from - 1;
    const auto shown = std::min<std::size_t>(limit, behind);
    const auto first = sorted.begin() + static_cast<std::ptrdiff_t>(from) + 1;
    EXPECT_EQ(found.ids, texts(first, first + static_cast<std::ptrdiff_t>(shown)));
    EXPECT_EQ(found.behind, behind);
    EXPECT_EQ(found.total, sorted.size());
  }
}

TEST(IdIndex, E8_a_page_looks_at_what_it_shows_however_many_there_are) {
  for (const std::size_t others : {10U, 20'000U}) {
    texts all;
    for (std::size_t n = 0; n < others; ++n)
      all.push_back("other/" + std::to_string(n));
    kept_ids kept{all, "red"};
    kept.add(all, "blue");
    kept.add({"a", "b", "room/1", "room/2", "room/3", "z"}, "green");
    auto asked = range("room/", "room/1", 1);
    asked.range.ns = "green";
    EXPECT_EQ(kept.index.page(asked), (ids_view{9, {"room/2"}, 3, 2}));
    EXPECT_EQ(kept.index.looked_at(), 1U) << others;
    asked = range("", "", 4);
    asked.range.ns = "red";
    EXPECT_EQ(kept.index.page(asked).total, others);
    EXPECT_EQ(kept.index.looked_at(), 5U) << others;
    asked.scope = id_scope::matching; // whole ids and beginnings are counted by rank too
    asked.allowed = shared{std::vector<pattern_parts>{{"other/", ""}, {"x", ""}}};
    EXPECT_EQ(kept.index.page(asked).total, others);
    EXPECT_EQ(kept.index.looked_at(), 9U) << others;
  }
}

TEST(IdIndex, W7_a_page_is_what_looking_at_each_id_would_give) {
  std::mt19937 random{11};
  const auto any = [&](std::size_t most) { return random() % (most + 1); };
  const auto text = [&](std::size_t most) {
    std::string made;
    for (auto n = any(most); n > 0; --n)
      made += "ab\xff"[any(2)];
    return made;
  };
  for (int round = 0; round < 3000; ++round) {
    std::set<std::string> unique;
    for (auto n = any(40); n > 0; --n)
      unique.insert(text(5));
    const texts all{unique.begin(), unique.end()};
    auto asked = range(text(2), text(3), static_cast<std::uint32_t>(any(8)));
    if (any(3) > 0) {
      asked.scope = id_scope::matching;
      std::vector<pattern_parts> allowed;
      for (auto n = any(4); n > 0; --n) {
        pattern_parts parts{text(2)};
        for (auto stars = any(2); stars > 0; --stars)
          parts.push_back(any(1) == 0 ? std::string{} : text(2));
        allowed.push_back(std::move(parts));
      }
      asked.allowed = shared{std::move(allowed)};
    }
    ids_view wanted{9, {}, 0, 0};
    for (const auto& id : all) {
      const bool is_told =
          asked.scope == id_scope::all ||
          std::ranges::any_of(*asked.allowed, [&](const auto& one) { return matches(one, id); });
      if (!id.starts_with(asked.range.prefix) || !is_told)
        continue;
      ++wanted.total;
      if (!asked.range.after.empty() && id <= asked.range.after)
        continue;
      ++wanted.behind;
      if (wanted.ids.size() < asked.range.limit)
        wanted.ids.push_back(id);
    }
    ASSERT_EQ(page_of(asked, all), wanted) << "round " << round;
  }
}

TEST(IdIndex, N19_what_is_removed_is_gone) {
  kept_ids kept{{"a", "b", "c"}};
  kept.remove("b");
  EXPECT_EQ(kept.index.page(range("", "", 9)), (ids_view{9, {"a", "c"}, 2, 2}));
  kept.remove("a");
  kept.remove("c");
  EXPECT_EQ(kept.index.size(), 0U);
}

TEST(IdIndex, S8_what_shards_found_is_merged_and_cut) {
  texts all;
  merge_ids(all, {"b", "d"}, 3);
  EXPECT_EQ(all, (texts{"b", "d"}));
  merge_ids(all, {}, 3);
  merge_ids(all, {"a", "c", "e"}, 3);
  EXPECT_EQ(all, (texts{"a", "b", "c"}));
  merge_ids(all, {"x"}, 3);
  EXPECT_EQ(all, (texts{"a", "b", "c"}));
}

} // namespace
} // namespace restante::model
