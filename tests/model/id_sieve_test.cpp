// The first ids of a range, among any number in any order.

#include "restante/actors/model/id_sieve.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace restante::model {
namespace {

using texts = std::vector<std::string>;

ids_view sifted(const get_ids& asked, const texts& all, const std::string& ns = {}) {
  id_sieve sieve{asked};
  for (const auto& id : all)
    sieve.see(ns, id);
  return sieve.view();
}

get_ids range(std::string prefix, std::string after, std::uint32_t limit) {
  return {9, {std::move(prefix), std::move(after), limit, ""}, {}, {}};
}

TEST(IdSieve, S8_keeps_the_first_and_counts_all) {
  const texts all{"c", "a", "e", "b", "d"};
  EXPECT_EQ(sifted(range("", "", 3), all), (ids_view{9, {"a", "b", "c"}, 5, 5}));
  EXPECT_EQ(sifted(range("", "", 5), all), (ids_view{9, {"a", "b", "c", "d", "e"}, 5, 5}));
  EXPECT_EQ(sifted(range("", "", 6), all), (ids_view{9, {"a", "b", "c", "d", "e"}, 5, 5}));
  EXPECT_EQ(sifted(range("", "b", 2), all), (ids_view{9, {"c", "d"}, 5, 3}));
  EXPECT_EQ(sifted(range("", "e", 2), all), (ids_view{9, {}, 5, 0}));
  EXPECT_EQ(sifted(range("", "bb", 1), all), (ids_view{9, {"c"}, 5, 3}));
  EXPECT_EQ(sifted(range("", "", 0), all), (ids_view{9, {}, 5, 5}));
  EXPECT_EQ(sifted(range("", "", 3), {}), (ids_view{9, {}, 0, 0}));
}

TEST(IdSieve, E9_sees_its_own_namespace_only) {
  auto asked = range("", "", 3);
  EXPECT_EQ(sifted(asked, {"a"}, "red"), (ids_view{9, {}, 0, 0}));
  asked.range.ns = "red";
  EXPECT_EQ(sifted(asked, {"a"}, "red"), (ids_view{9, {"a"}, 1, 1}));
  EXPECT_EQ(sifted(asked, {"a"}, "redd"), (ids_view{9, {}, 0, 0}));
}

TEST(IdSieve, S8_bytes_count_and_not_letters) {
  const texts all{"\xc3\xa9", "z", "Z", std::string{"z\0", 2}, "z\xff"};
  EXPECT_EQ(sifted(range("", "", 9), all).ids,
            (texts{"Z", "z", std::string{"z\0", 2}, "z\xff", "\xc3\xa9"}));
  EXPECT_EQ(sifted(range("\xc3", "", 9), all).ids, (texts{"\xc3\xa9"})); // half a letter
  EXPECT_EQ(sifted(range("z", "z", 9), all), (ids_view{9, {std::string{"z\0", 2}, "z\xff"}, 3, 2}));
  EXPECT_EQ(sifted(range("zz", "", 9), all).total, 0U);
}

TEST(IdSieve, W7_what_may_not_be_told_is_not_even_counted) {
  auto asked = range("", "", 2);
  asked.scope = id_scope::matching;
  EXPECT_EQ(sifted(asked, {"a", "b"}), (ids_view{9, {}, 0, 0}));
  asked.allowed = shared{std::vector<pattern_parts>{{"a"}, {"room/", ""}}};
  EXPECT_EQ(sifted(asked, {"b", "room/2", "a", "room", "room/1", "aa"}),
            (ids_view{9, {"a", "room/1"}, 3, 3}));
  asked.scope = id_scope::all; // then patterns count for nothing
  EXPECT_EQ(sifted(asked, {"b", "a"}).total, 2U);
}

TEST(IdSieve, S8_any_order_of_many_gives_what_sorting_all_would) {
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
    const auto found = sifted(range("", sorted[from], static_cast<std::uint32_t>(limit)), all);
    const auto behind = sorted.size() - from - 1;
    const auto shown = std::min<std::size_t>(limit, behind);
    const auto first = sorted.begin() + static_cast<std::ptrdiff_t>(from) + 1;
    EXPECT_EQ(found.ids, texts(first, first + static_cast<std::ptrdiff_t>(shown)));
    EXPECT_EQ(found.behind, behind);
    EXPECT_EQ(found.total, sorted.size());
  }
}

TEST(IdSieve, S8_what_shards_found_is_merged_and_cut) {
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
