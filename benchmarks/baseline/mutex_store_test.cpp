#include "restante/benchmarks/baseline/mutex_store.hpp"
#include "restante/benchmarks/baseline/test_support.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <utility>

using namespace std::chrono_literals;

namespace restante::benchmarks {
namespace {

class Notifications : public testing::Test {
protected:
  hand_clock clock_;
  notification_store store_{{.default_ttl = 24h, .per_target_max = 3}, clock_.source()};
};

TEST_F(Notifications, are_drained_once_and_oldest_first) {
  const auto first = store_.put("a", "b", text("1"), false, 1s);
  const auto second = store_.put("a", "b", text("2"), false, 1s);
  EXPECT_NE(first.trace, second.trace);
  EXPECT_EQ(store_.pending("b"), 2U);
  const auto drained = store_.drain("b");
  ASSERT_EQ(drained.size(), 2U);
  EXPECT_EQ(drained[0].trace, first.trace);
  EXPECT_EQ(text(drained[1].pack), "2");
  EXPECT_EQ(drained[1].delivered_at, clock_.now);
  EXPECT_TRUE(store_.drain("b").empty());
  EXPECT_TRUE(store_.status(first.trace)->delivered_at.has_value());
}

TEST_F(Notifications, beyond_the_cap_evict_the_oldest) {
  std::vector<stored_receipt> put;
  for (int i = 0; i < 4; ++i)
    put.push_back(store_.put("a", "b", text("x"), false, 1s));
  EXPECT_EQ(store_.pending("b"), 3U);
  EXPECT_FALSE(store_.status(put[0].trace));
  EXPECT_TRUE(store_.status(put[1].trace));
}

TEST_F(Notifications, expire_one_tick_after_their_ttl) {
  const auto put = store_.put("a", "b", text("x"), true, 1s);
  clock_.now = put.expires_at;
  EXPECT_TRUE(store_.status(put.trace));
  EXPECT_EQ(store_.purge(), 0U);
  clock_.now += 1ns;
  EXPECT_FALSE(store_.status(put.trace));
  EXPECT_FALSE(store_.reply(put.trace, text("late")));
  EXPECT_TRUE(store_.drain("b").empty());
  EXPECT_EQ(store_.purge(), 0U) << "the drain has removed it";
}

TEST_F(Notifications, are_purged_from_queues_and_traces) {
  store_.put("a", "b", text("x"), false, 1s);
  const auto kept = store_.put("a", "b", text("y"), false, 0s);
  store_.put("a", "c", text("z"), false, 1s);
  EXPECT_EQ(kept.expires_at - kept.created_at, 24h);
  store_.drain("c");
  clock_.now += 2s;
  EXPECT_EQ(store_.purge(), 2U);
  EXPECT_EQ(store_.pending("b"), 1U);
  EXPECT_EQ(store_.drain("b").at(0).trace, kept.trace);
}

TEST_F(Notifications, saturate_an_enormous_ttl) {
  const auto put = store_.put("a", "b", text("x"), false, std::chrono::nanoseconds::max());
  EXPECT_EQ(put.expires_at, store_time::max());
}

TEST_F(Notifications, take_replies_to_suits_only) {
  const auto plain = store_.put("a", "b", text("x"), false, 1s);
  const auto suit = store_.put("a", "b", text("x"), true, 1s);
  EXPECT_FALSE(store_.reply(plain.trace, text("no")));
  EXPECT_TRUE(store_.reply(suit.trace, text("1")));
  EXPECT_EQ(text(store_.reply(suit.trace, text("2"))->reply), "2");
  EXPECT_FALSE(store_.status(suit.trace)->delivered_at) << "a reply delivers nothing";
  EXPECT_EQ(store_.pending("b"), 2U);
}

TEST(NotificationThreads, lose_nothing_between_puts_drains_and_purges) {
  notification_store store{{.default_ttl = 24h, .per_target_max = 100'000}};
  constexpr int each = 5'000;
  std::vector<std::vector<random_trace>> drained(2);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 2; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < each; ++i)
          store.put("a", "t" + std::to_string(i % 7), text("x"), false, 0s);
      });
    for (auto& mine : drained)
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          for (const auto& n : store.drain("t" + std::to_string(i % 7)))
            mine.push_back(n.trace);
          if (i % 50 == 0) {
            EXPECT_EQ(store.purge(), 0U);
          }
        }
      });
  }
  for (int i = 0; i < 7; ++i)
    for (const auto& n : store.drain("t" + std::to_string(i)))
      drained[0].push_back(n.trace);
  std::set<std::pair<std::uint64_t, std::uint64_t>> distinct;
  for (const auto& mine : drained)
    for (const auto& trace : mine)
      distinct.emplace(trace.high, trace.low);
  EXPECT_EQ(distinct.size(), 2U * each);
  EXPECT_EQ(drained[0].size() + drained[1].size(), 2U * each);
}

} // namespace
} // namespace restante::benchmarks
