// A page of clients or topics while it is being collected.

#include "restante/actors/model/listing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace restante::model {
namespace {

using names = std::vector<std::string>;

listing list_of(listing::subject what, std::uint32_t limit) {
  get_ids asked;
  asked.range.limit = limit;
  asked.range.ns = "acme";
  return {what, std::move(asked), instant{9}};
}

TEST(Listing, S8_the_first_ids_of_all_shards_are_asked_for_details) {
  auto list = list_of(listing::subject::clients, 2);
  EXPECT_EQ(list.deadline(), instant{9});
  EXPECT_EQ(list.ns(), "acme");
  list.ask_for_ids();
  EXPECT_TRUE(list.is_asking_for_ids());
  list.add(ids_view{0, {"b", "d"}, 5, 4});
  list.add(ids_view{0, {"a", "c"}, 3, 2});
  EXPECT_EQ(list.ask_for_details(), (names{"a", "b"}));
  EXPECT_FALSE(list.is_asking_for_ids());
  list.add(1, pending_view{0, 7, presence::connected}); // in any order
  list.add(0, pending_view{0, 0, presence::absent});
  ASSERT_TRUE(list.finish_page());
  EXPECT_EQ(
      list.take(),
      (answer_value{clients_view{
          0, {{"a", presence::absent, 0}, {"b", presence::connected, 7}}, 8, list_rest::more}}));
}

TEST(Listing, S8_the_last_page_says_that_nothing_is_behind_it) {
  auto list = list_of(listing::subject::topics, 2);
  list.ask_for_ids();
  list.add(ids_view{0, {"a", "b"}, 9, 2});
  list.ask_for_details();
  list.add(0, topic_usage_view{0, 1, 0});
  list.add(1, topic_usage_view{0, 0, 1});
  ASSERT_TRUE(list.finish_page());
  EXPECT_EQ(list.take(),
            (answer_value{topics_view{0, {{"a", 1, 0}, {"b", 0, 1}}, 9, list_rest::none}}));
}

TEST(Listing, S8_one_that_did_not_answer_and_a_topic_without_use_are_left_out) {
  auto list = list_of(listing::subject::topics, 4);
  list.ask_for_ids();
  list.add(ids_view{0, {"a", "b", "c"}, 3, 3});
  list.ask_for_details();
  list.add(1, topic_usage_view{0, 0, 0});
  list.add(2, topic_usage_view{0, 1, 0});
  ASSERT_TRUE(list.finish_page());
  EXPECT_EQ(list.take(), (answer_value{topics_view{0, {{"c", 1, 0}}, 3, list_rest::none}}));
}

TEST(Listing, S8_a_page_of_which_nothing_is_left_is_followed_by_the_next) {
  auto list = list_of(listing::subject::clients, 2);
  list.ask_for_ids();
  list.add(ids_view{0, {"a", "b"}, 3, 3});
  list.ask_for_details();
  ASSERT_FALSE(list.finish_page()); // neither has answered
  const auto& next = list.ask_for_ids();
  EXPECT_EQ(next.range.after, "b");
  EXPECT_EQ(next.range.limit, 2U);
  list.add(ids_view{0, {"c"}, 3, 1});
  EXPECT_EQ(list.ask_for_details(), names{"c"});
  ASSERT_TRUE(list.finish_page()); // the last page may be empty
  EXPECT_EQ(list.take(), (answer_value{clients_view{0, {}, 3, list_rest::none}}));
}

TEST(Listing, S8_where_there_is_nothing_the_page_is_empty) {
  auto list = list_of(listing::subject::topics, 2);
  list.ask_for_ids();
  list.add(ids_view{0, {}, 0, 0});
  EXPECT_EQ(list.ask_for_details(), names{});
  ASSERT_TRUE(list.finish_page());
  EXPECT_EQ(list.take(), answer_value{topics_view{}});
}

TEST(Listing, S8_an_answer_of_another_step_or_page_is_passed_over) {
  auto list = list_of(listing::subject::clients, 2);
  list.add(ids_view{0, {"early"}, 1, 1});
  list.ask_for_ids();
  list.add(0, pending_view{0, 9, presence::connected});
  list.add(ids_view{0, {"a"}, 1, 1});
  EXPECT_EQ(list.ask_for_details(), names{"a"});
  list.add(ids_view{0, {"late"}, 1, 1});
  list.add(1, pending_view{0, 9, presence::connected});
  list.add(0, topic_usage_view{});
  list.add(0, pending_view{0, 3, presence::absent});
  ASSERT_TRUE(list.finish_page());
  const auto page = list.take();
  const auto& clients = std::get<clients_view>(page);
  ASSERT_EQ(clients.clients.size(), 1U);
  EXPECT_EQ(clients.clients[0].client, "a");
  EXPECT_EQ(clients.clients[0].pending, 3U);
  EXPECT_EQ(clients.total, 1U);
}

TEST(ListingDeathTest, S8_a_list_is_taken_when_it_is_finished) {
  auto list = list_of(listing::subject::clients, 2);
  EXPECT_DEATH(list.take(), "phase::finished");
}

} // namespace
} // namespace restante::model
