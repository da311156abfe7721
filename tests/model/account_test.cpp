// Memory accounts and their bounds.

#include "restante/actors/model/account.hpp"
#include "restante/messages/limits.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace restante::model {
namespace {

TEST(Account, N18_takes_to_the_bound_and_not_one_byte_more) {
  account memory{"ns", 100};
  EXPECT_TRUE(memory.try_take(60));
  EXPECT_TRUE(memory.try_take(40));
  EXPECT_FALSE(memory.try_take(1));
  EXPECT_EQ(memory.used(), 100U);
  memory.give_back(1);
  EXPECT_TRUE(memory.try_take(1));
}

TEST(Account, N18_an_enormous_size_is_refused_and_changes_nothing) {
  account memory{"ns", 100};
  EXPECT_TRUE(memory.try_take(10));
  EXPECT_FALSE(memory.try_take(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_EQ(memory.used(), 10U);
}

TEST(Account, N18_a_namespace_takes_from_the_whole_too) {
  const auto whole = std::make_shared<account>("", 100);
  account one{"one", 80, whole};
  account two{"two", 80, whole};
  EXPECT_TRUE(one.try_take(80));
  EXPECT_FALSE(one.try_take(1));  // its own bound
  EXPECT_FALSE(two.try_take(21)); // the bound of the whole account
  EXPECT_EQ(two.used(), 0U);
  EXPECT_EQ(whole->used(), 80U);
  EXPECT_TRUE(two.try_take(20));
  one.give_back(80);
  EXPECT_EQ(whole->used(), 20U);
}

TEST(Account, N18_what_is_owed_is_taken_beyond_the_bound) {
  const auto whole = std::make_shared<account>("", 100);
  account memory{"ns", 100, whole};
  memory.take(150);
  EXPECT_EQ(memory.used(), 150U);
  EXPECT_EQ(whole->used(), 150U);
  EXPECT_FALSE(memory.try_take(1));
  memory.give_back(150);
  EXPECT_EQ(whole->used(), 0U);
}

TEST(Account, N18_is_short_before_the_last_sixteenth_is_used) {
  const auto most = std::uint64_t{1} << 30;
  const auto whole = std::make_shared<account>("", most);
  account memory{"ns", most * 2, whole};
  memory.take(most - most / 16);
  EXPECT_FALSE(memory.is_short());
  memory.take(1);
  EXPECT_TRUE(memory.is_short()); // because of the whole account
}

TEST(Account, N18_is_short_whenever_a_payload_may_not_fit) {
  account memory{"ns", std::uint64_t{256} * 1024}; // a sixteenth of the bound is less than a pack
  memory.take(std::uint64_t{256 - 63} * 1024);
  EXPECT_FALSE(memory.try_take(pack_bytes_max));
  EXPECT_TRUE(memory.is_short());
}

TEST(Account, N18_a_trim_begins_once_and_only_where_there_is_something_to_forget) {
  account memory{"", 100};
  EXPECT_FALSE(memory.begin_trim());
  memory.move_oldest(3, instant::never(), {50});
  EXPECT_TRUE(memory.begin_trim());
  EXPECT_FALSE(memory.begin_trim());
  memory.end_trim();
  EXPECT_TRUE(memory.begin_trim());
  memory.end_trim();
  memory.move_oldest(3, {50}, instant::never());
  EXPECT_FALSE(memory.begin_trim());
}

TEST(Account, N18_the_slot_with_the_oldest_records_is_the_next) {
  account memory{"", 100};
  EXPECT_FALSE(memory.oldest());
  memory.move_oldest(3, instant::never(), {50});
  memory.move_oldest(1, instant::never(), {40});
  EXPECT_EQ(memory.oldest()->slot, 1U);
  EXPECT_EQ(memory.oldest()->oldest, instant{40});
  memory.move_oldest(1, {40}, {60});
  EXPECT_EQ(memory.oldest()->slot, 3U);
}

TEST(Account, N18_a_trim_ends_when_a_little_more_is_free_than_makes_it_begin) {
  const auto most = std::uint64_t{1} << 30;
  const auto whole = std::make_shared<account>("", most);
  account memory{"ns", most, whole};
  memory.take(most - most / 16);
  EXPECT_FALSE(memory.is_itself_short());
  EXPECT_TRUE(memory.is_being_trimmed());
  memory.give_back(256 * 1024);
  EXPECT_FALSE(memory.is_being_trimmed());
}

TEST(Account, N18_one_namespace_at_its_bound_is_short_and_the_whole_is_not) {
  const auto whole = std::make_shared<account>("", std::uint64_t{1} << 30);
  account full{"full", std::uint64_t{1} << 20, whole};
  account other{"other", std::uint64_t{1} << 20, whole};
  full.take(std::uint64_t{1} << 20);
  EXPECT_TRUE(full.is_itself_short());
  EXPECT_FALSE(full.has_room(1));
  EXPECT_FALSE(other.is_short());
  EXPECT_TRUE(other.has_room(std::uint64_t{1} << 20));
  EXPECT_FALSE(other.has_room((std::uint64_t{1} << 20) + 1));
}

TEST(Account, S8_children_are_counted_to_their_bound) {
  account memory{"ns", 100};
  EXPECT_TRUE(account::try_count(memory.clients, 2));
  EXPECT_TRUE(account::try_count(memory.clients, 2));
  EXPECT_FALSE(account::try_count(memory.clients, 2));
  EXPECT_EQ(memory.clients.load(), 2U);
  EXPECT_TRUE(account::try_count(memory.clients, 0)); // no bound
}

TEST(Account, N8_expired_ones_are_counted_until_a_purge_takes_them) {
  account memory{"ns", 100};
  memory.count_expired(2);
  memory.count_expired(1);
  EXPECT_EQ(memory.take_expired(), 3U);
  EXPECT_EQ(memory.take_expired(), 0U);
}

} // namespace
} // namespace restante::model
