// The buckets of delivered records, by age.

#include "restante/actors/model/child_table.hpp"
#include "restante/actors/model/record_ages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace restante::model {
namespace {

using namespace std::chrono_literals;

constexpr auto never = instant::never();
constexpr instant later{1'000'000};

TEST(RecordAges, N18_the_oldest_of_a_namespace_and_of_all_are_known_at_once) {
  record_ages ages;
  record_ages::of_namespace red{1};
  record_ages::of_namespace blue{2};
  EXPECT_FALSE(ages.first(nullptr, later));
  ages.move(red, {7, 1}, never, {30});
  ages.move(red, {7, 2}, never, {20});
  ages.move(blue, {8, 3}, never, {10});
  EXPECT_EQ(ages.oldest(), instant{10});
  EXPECT_EQ(ages.first(nullptr, later), (record_ages::child_key{8, 3}));
  EXPECT_EQ(ages.first(&red, later), (record_ages::child_key{7, 2}));
  EXPECT_FALSE(ages.first(&red, {20})); // none from before
  EXPECT_TRUE(ages.first(&red, {21}));
  ages.move(blue, {8, 3}, {10}, {40});
  EXPECT_EQ(ages.first(nullptr, later), (record_ages::child_key{7, 2}));
  ages.move(red, {7, 2}, {20}, never);
  ages.move(red, {7, 1}, {30}, never);
  EXPECT_TRUE(red.empty());
  EXPECT_EQ(ages.oldest(), instant{40});
  ages.move(blue, {8, 3}, {40}, never);
  EXPECT_TRUE(ages.empty());
}

TEST(RecordAges, N18_a_namespace_of_equal_age_comes_in_its_turn) {
  record_ages ages;
  record_ages::of_namespace first{1};
  record_ages::of_namespace second{2};
  ages.move(second, {8, 1}, never, {10});
  ages.move(first, {7, 1}, never, {10});
  EXPECT_EQ(ages.first(nullptr, later), (record_ages::child_key{7, 1}));
  ages.move(first, {7, 1}, {10}, never);
  ages.move(second, {8, 1}, {10}, never);
}

TEST(RecordAges, N18_oldest_first_is_exact_to_a_sixteenth_of_the_age) {
  EXPECT_EQ(trimmed_with({0}, instant{0} + 16s), instant{0} + 1s);
  EXPECT_EQ(trimmed_with({0}, instant{0} + 16h), instant{0} + 1h);
  EXPECT_EQ(trimmed_with({5}, {5}), instant{5} + 1ms); // a step has its least length
  EXPECT_EQ(trimmed_with(instant{0} + 1h, {0}), instant{0} + 1h + 1ms); // a clock that was set back
}

TEST(RecordAges, N19_it_goes_with_the_children_of_a_shard) {
  child_table<int> all;
  const auto memory = std::make_shared<account>("ns", 1 << 20);
  std::mt19937 random{3};
  std::vector<std::uint64_t> numbers;
  for (int n = 0; n < 100; ++n) {
    child_table<int>::child made;
    made.number = all.next_number();
    made.id = std::to_string(n);
    numbers.push_back(made.number);
    auto& added = all.add(7, memory, std::move(made));
    all.set_oldest_record(7, added, {static_cast<std::int64_t>(random() % 50)});
  }
  std::ranges::shuffle(numbers, random);
  for (const auto number : numbers) {
    const auto [route, oldest] = all.with_oldest_record(nullptr, never);
    ASSERT_NE(oldest, nullptr);
    EXPECT_EQ(oldest->oldest_record, all.oldest_record());
    all.remove(7, number);
  }
  EXPECT_EQ(all.oldest_record(), never);
  EXPECT_EQ(all.find_group("ns"), nullptr);
  EXPECT_EQ(all.ids().size(), 0U);
  EXPECT_EQ(memory.use_count(), 1);
}

} // namespace
} // namespace restante::model
