// Whom a client may reach, by pattern (spec W7).

#include "restante/actors/model/rights.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

namespace restante::model {
namespace {

bool matches(std::string_view text, std::string_view id, std::string_view client = "alice") {
  return pattern{text, client}.matches(id);
}

TEST(Rights, W7_without_a_star_a_pattern_is_the_whole_id) {
  EXPECT_TRUE(matches("room", "room"));
  EXPECT_FALSE(matches("room", "room1"));
  EXPECT_FALSE(matches("room", "aroom"));
  EXPECT_FALSE(matches("room", "Room"));
  EXPECT_FALSE(matches("room", ""));
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "room"));
}

TEST(Rights, W7_a_star_stands_for_any_run_of_bytes) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("*", "anything/at\xff all"));
  EXPECT_TRUE(matches("room.*", "room."));
  EXPECT_TRUE(matches("room.*", "room.a.b"));
  EXPECT_FALSE(matches("room.*", "room"));
  EXPECT_TRUE(matches("*.log", ".log"));
  EXPECT_FALSE(matches("*.log", ".logs"));
  EXPECT_TRUE(matches("a*b*c", "a--b--b--c"));
  EXPECT_FALSE(matches("a*b*c", "a--c--b"));
  EXPECT_TRUE(matches("a**b", "ab"));
  EXPECT_TRUE(matches("***", "x"));
}

TEST(Rights, W7_the_parts_of_a_pattern_share_no_byte_of_the_id) {
  EXPECT_FALSE(matches("ab*ba", "aba"));
  EXPECT_TRUE(matches("ab*ba", "abba"));
  EXPECT_FALSE(matches("a*a*a", "aa"));
  EXPECT_TRUE(matches("a*a*a", "aaa"));
}

TEST(Rights, W7_client_stands_for_the_id_literally) {
  EXPECT_TRUE(matches("user.{client}", "user.alice"));
  EXPECT_FALSE(matches("user.{client}", "user.bob"));
  EXPECT_FALSE(matches("user.{client}", "user.{client}"));
  EXPECT_TRUE(matches("{client}:{client}", "alice:alice"));
  EXPECT_TRUE(matches("*.{client}.*", "a.alice.b"));
  EXPECT_TRUE(matches("{Client}{clien", "{Client}{clien")); // no other placeholder has a meaning
}

TEST(Rights, W7_a_star_in_a_clients_id_is_no_wildcard) {
  EXPECT_FALSE(matches("user.{client}", "user.bob", "*"));
  EXPECT_TRUE(matches("user.{client}", "user.*", "*"));
  EXPECT_FALSE(matches("{client}.x", "abc.x", "a*c"));
  EXPECT_TRUE(matches("{client}.*", "a*c.y", "a*c"));
  EXPECT_TRUE(matches("{client}", "{client}", "{client}")); // the id is not expanded again
}

TEST(Rights, W7_many_stars_take_no_longer_than_few) {
  std::string stars;
  for (int i = 0; i < 5000; ++i)
    stars += "*a";
  const pattern hard{stars + "*b", ""};
  const std::string id(20'000, 'a');
  const auto before = std::chrono::steady_clock::now();
  EXPECT_FALSE(hard.matches(id));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds{2});
}

/// The meaning of patterns, tested exhaustively.
bool tried_out(std::string_view text, std::string_view id) {
  if (text.empty())
    return id.empty();
  if (text.front() == '*') {
    for (std::size_t n = 0; n <= id.size(); ++n) {
      if (tried_out(text.substr(1), id.substr(n)))
        return true;
    }
    return false;
  }
  return !id.empty() && id.front() == text.front() && tried_out(text.substr(1), id.substr(1));
}

TEST(Rights, W7_the_leftmost_places_find_every_match) {
  std::mt19937 random{7};
  const auto draw = [&](std::string_view letters, std::size_t most) {
    std::string drawn;
    for (auto n = random() % (most + 1); n > 0; --n)
      drawn += letters[random() % letters.size()];
    return drawn;
  };
  int matched = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto text = draw("ab*", 6);
    const auto id = draw("ab", 8);
    const bool wanted = tried_out(text, id);
    matched += wanted ? 1 : 0;
    ASSERT_EQ(matches(text, id), wanted) << text << " and " << id;
  }
  EXPECT_GT(matched, 1000);
}

TEST(Rights, W7_a_list_without_patterns_allows_nothing) {
  const rights none;
  EXPECT_FALSE(none.may_put("bob"));
  EXPECT_FALSE(none.may_watch("bob"));
  EXPECT_FALSE(none.may_read("room"));
  EXPECT_FALSE(none.may_publish("room"));
  EXPECT_FALSE(none.may_write("room", "k"));
}

TEST(Rights, W7_the_parts_of_a_pattern_say_all_that_it_says) {
  for (const auto* text : {"room", "room.*", "*", "*a*b*", "{client}.*", "", "**"}) {
    const pattern whole{text, "a*"};
    for (const auto* id : {"room", "room.1", "", "aXbY", "a*.x", "aa.x", "ab"})
      EXPECT_EQ(model::matches(whole.parts(), id), whole.matches(id)) << text << ' ' << id;
  }
  EXPECT_FALSE(model::matches(pattern_parts{}, ""));
  EXPECT_FALSE(model::matches(pattern_parts{}, "room"));
}

TEST(Rights, W7_any_pattern_of_a_list_will_do_and_lists_do_not_mix) {
  rights some;
  some.put = {{"bob", "alice"}, {"team.*", "alice"}};
  some.watch = {{"carol", "alice"}};
  some.read = {{"room.*", "alice"}};
  EXPECT_TRUE(some.may_put("bob"));
  EXPECT_TRUE(some.may_put("team.red"));
  EXPECT_FALSE(some.may_put("carol"));
  EXPECT_TRUE(some.may_watch("carol"));
  EXPECT_FALSE(some.may_watch("bob"));
  EXPECT_TRUE(some.may_read("room.1"));
  EXPECT_FALSE(some.may_read("bob"));
}

TEST(Rights, W7_a_key_is_written_where_topic_and_key_match_in_one_rule) {
  rights some;
  some.write = {{{"room.*", "alice"}, {"{client}.*", "alice"}}, {{"own", "alice"}, {"*", "alice"}}};
  EXPECT_TRUE(some.may_write("room.1", "alice.cursor"));
  EXPECT_FALSE(some.may_write("room.1", "bob.cursor"));
  EXPECT_TRUE(some.may_write("own", "bob.cursor"));
  EXPECT_FALSE(some.may_write("other", "alice.cursor"));
}

TEST(Rights, W7_publishing_is_a_right_of_its_own) {
  rights some;
  some.write = {{{"room", "alice"}, {"*", "alice"}}};
  some.publish = {{"news.*", "alice"}, {"of.{client}", "alice"}};
  EXPECT_FALSE(some.may_publish("room"));
  EXPECT_TRUE(some.may_publish("news.today"));
  EXPECT_TRUE(some.may_publish("of.alice"));
  EXPECT_FALSE(some.may_publish("of.bob"));
  EXPECT_FALSE(some.may_write("news.today", "k"));
  EXPECT_FALSE(some.may_read("news.today"));
}

} // namespace
} // namespace restante::model
