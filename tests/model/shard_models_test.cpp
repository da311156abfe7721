// The models of a shard: which clients it restores, which children it wakes, which clients it asks
// to free memory, and how it splits operations.

#include "restante/actors/model/parts.hpp"
#include "restante/actors/model/restoration.hpp"
#include "restante/actors/model/trims.hpp"
#include "restante/actors/model/wakes.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace restante::model {
namespace {

using names = std::vector<std::string>;

TEST(Restoration, D2_what_comes_too_early_is_done_later_in_its_order) {
  restoration<int> slot;
  EXPECT_FALSE(slot.is_under_way()); // without a journal there is nothing to restore
  slot.begin();
  EXPECT_TRUE(slot.is_under_way());
  EXPECT_TRUE(slot.concerns("ns", "anybody"));
  EXPECT_TRUE(slot.park(1)); // now a message waits for the client
  EXPECT_FALSE(slot.park(2));
  EXPECT_EQ(slot.finish(), (std::vector<int>{1, 2}));
  EXPECT_FALSE(slot.is_under_way());
  EXPECT_EQ(slot.failure(), errc::none);
}

TEST(Restoration, D3_a_slot_that_cannot_be_restored_stays_so) {
  restoration<int> slot;
  slot.begin();
  slot.park(1);
  EXPECT_EQ(slot.fail(errc::storage_failed), std::vector<int>{1});
  EXPECT_EQ(slot.failure(), errc::storage_failed);
  EXPECT_FALSE(slot.is_under_way());
  slot.crashed({"ns", "bob"});
  EXPECT_FALSE(slot.begin_crashed());
}

TEST(Restoration, D2_those_that_crashed_are_restored_together_once_each) {
  restoration<int> slot;
  EXPECT_FALSE(slot.begin_crashed());
  slot.begin();
  slot.crashed({"ns", "bob"});
  EXPECT_FALSE(slot.begin_crashed()); // not before the whole client is restored
  slot.finish();
  slot.crashed({"ns", "eve"});
  ASSERT_TRUE(slot.begin_crashed());
  EXPECT_FALSE(slot.is_whole());
  EXPECT_TRUE(slot.concerns("ns", "bob"));
  EXPECT_TRUE(slot.concerns("ns", "eve"));
  EXPECT_FALSE(slot.concerns("ns", "ann"));
  EXPECT_FALSE(slot.concerns("other", "bob"));
  slot.finish();
  slot.crashed({"ns", "bob"}); // the restore itself may be what crashes it
  EXPECT_FALSE(slot.begin_crashed());
}

TEST(RestorationDeathTest, D2_nothing_waits_for_what_is_not_under_way) {
  restoration<int> slot;
  EXPECT_DEATH(slot.park(1), "is_under_way");
  EXPECT_DEATH(slot.finish(), "is_under_way");
  slot.begin();
  EXPECT_DEATH(slot.begin(), "phase::done");
  EXPECT_DEATH(slot.fail(errc::none), "errc::none");
}

struct Children : ::testing::Test {
  using child = child_table<int>::child;

  child& add(const std::string& id, const std::shared_ptr<account>& memory) {
    child made;
    made.number = all.next_number();
    made.id = id;
    return all.add(made.number, memory, std::move(made)); // its route is its number
  }

  static names ids_of(const std::vector<child*>& children) {
    names ids;
    for (const auto* one : children)
      ids.push_back(one->id);
    return ids;
  }

  std::shared_ptr<account> whole = std::make_shared<account>("", 1 << 30);
  std::shared_ptr<account> acme = std::make_shared<account>("acme", 1 << 30, whole);
  child_table<int> all;
};

struct Wakes : Children {
  wakes<int> awake{2};
};

TEST_F(Wakes, N8_a_few_are_woken_and_nobody_else_until_all_have_answered) {
  for (const auto* id : {"a", "b", "c"}) {
    auto& one = add(id, acme);
    all.set_deadline(one.number, one, {10});
  }
  EXPECT_TRUE(awake.wake(all, {9}).empty());
  EXPECT_FALSE(awake.is_anybody_awake());
  const auto first = awake.wake(all, {10});
  EXPECT_EQ(ids_of(first), (names{"a", "b"}));
  EXPECT_TRUE(awake.wake(all, {10}).empty());
  awake.rested(*first[0]);
  awake.rested(*first[0]); // has already answered
  EXPECT_TRUE(awake.is_anybody_awake());
  EXPECT_TRUE(awake.wake(all, {10}).empty());
  awake.rested(*first[1]);
  EXPECT_FALSE(awake.is_anybody_awake());
  EXPECT_EQ(ids_of(awake.wake(all, {10})), names{"c"});
}

struct Trims : Children {
  child& add_with_records(const std::string& id, const std::shared_ptr<account>& memory,
                          instant oldest) {
    auto& made = add(id, memory);
    trimmed.note(made.number, made, oldest);
    return made;
  }

  account* answer(child& which, instant oldest = instant::never()) {
    return trimmed.answered(which.number, which, oldest);
  }

  static constexpr std::uint32_t slot = 3;
  std::shared_ptr<account> other = std::make_shared<account>("other", 1 << 30, whole);
  trims<int> trimmed{all, *whole, slot};
};

TEST_F(Trims, N18_the_accounts_know_the_oldest_record_of_the_slot) {
  add_with_records("a", acme, {20});
  add_with_records("b", other, {10});
  EXPECT_EQ(acme->oldest()->oldest, instant{20});
  EXPECT_EQ(acme->oldest()->slot, slot);
  EXPECT_EQ(other->oldest()->oldest, instant{10});
  EXPECT_EQ(whole->oldest()->oldest, instant{10});
}

TEST_F(Trims, N18_those_with_the_oldest_records_are_asked_and_the_last_answer_ends_it) {
  auto& a = add_with_records("a", acme, {30});
  auto& b = add_with_records("b", acme, {10});
  auto& c = add_with_records("c", other, {20});
  auto* in = all.find_group("acme");
  EXPECT_EQ(ids_of(trimmed.ask(in, {40})), (names{"b", "a"}));
  EXPECT_TRUE(trimmed.ask(in, {40}).empty()); // each client once
  EXPECT_EQ(trimmed.end_if_over(in), nullptr);
  EXPECT_EQ(answer(c, {20}), nullptr); // was not asked
  EXPECT_EQ(answer(a, {35}), nullptr);
  EXPECT_EQ(answer(b), acme.get());
  EXPECT_EQ(acme->oldest()->oldest, instant{35}); // told exactly
  EXPECT_EQ(whole->oldest()->oldest, instant{20});
}

TEST_F(Trims, N18_a_trim_of_the_whole_asks_in_all_namespaces_what_is_old_enough) {
  auto& a = add_with_records("a", acme, {10});
  auto& b = add_with_records("b", other, {20});
  add_with_records("c", other, {30});
  EXPECT_EQ(ids_of(trimmed.ask(nullptr, {30})), (names{"a", "b"}));
  EXPECT_EQ(answer(b), nullptr);
  EXPECT_EQ(answer(a), whole.get());
  EXPECT_EQ(whole->oldest()->oldest, instant{30});
}

TEST_F(Trims, N18_nobody_to_ask_ends_it_at_once) {
  add("a", acme);
  EXPECT_TRUE(trimmed.ask(nullptr, {40}).empty());
  EXPECT_EQ(trimmed.end_if_over(nullptr), whole.get());
  auto* in = all.find_group("acme");
  EXPECT_TRUE(trimmed.ask(in, {40}).empty());
  EXPECT_EQ(trimmed.end_if_over(in), acme.get());
}

TEST_F(Trims, N18_no_more_than_32_are_asked_at_once) {
  for (int n = 0; n < 33; ++n)
    add_with_records("c" + std::to_string(n), acme, {10 + n});
  EXPECT_EQ(trimmed.ask(nullptr, {1000}).size(), 32U);
  EXPECT_EQ(trimmed.ask(nullptr, {1000}).size(), 1U);
}

TEST_F(Trims, N18_who_is_being_asked_is_not_asked_for_another_account_meanwhile) {
  auto& a = add_with_records("a", acme, {10});
  ASSERT_EQ(trimmed.ask(nullptr, {40}).size(), 1U);
  trimmed.note(a.number, a, {20}); // crosses the question
  auto* in = all.find_group("acme");
  EXPECT_TRUE(trimmed.ask(in, {40}).empty());
  EXPECT_EQ(answer(a, {20}), whole.get());
  EXPECT_EQ(trimmed.ask(in, {40}).size(), 1U);
  EXPECT_EQ(answer(a), acme.get());
}

TEST_F(Children, N17_each_child_gets_what_is_its_own_in_one_part) {
  auto& a = add("a", acme);
  auto& b = add("b", acme);
  for (int round = 0; round < 2; ++round) {
    parts<child, std::vector<int>> batch;
    batch.of(b).push_back(1);
    batch.of(a).push_back(2);
    batch.of(b).push_back(3);
    std::vector<std::pair<std::string, std::vector<int>>> given;
    batch.give([&](child& to, std::vector<int>& mine) { given.emplace_back(to.id, mine); });
    EXPECT_EQ(given,
              (std::vector<std::pair<std::string, std::vector<int>>>{{"b", {1, 3}}, {"a", {2}}}));
  }
}

} // namespace
} // namespace restante::model
