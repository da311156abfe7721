#include "restante/benchmarks/baseline/mutex_ephemeral.hpp"
#include "restante/benchmarks/baseline/test_support.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>

using namespace std::chrono_literals;

namespace restante::benchmarks {
namespace {

class Ephemeral : public testing::Test {
protected:
  std::string told() {
    std::string all;
    for (const auto& each : std::exchange(events_, {}))
      all += each + ";";
    return all;
  }

  hand_clock clock_;
  bool publisher_works_ = true;
  std::vector<std::string> events_;
  ephemeral_store store_{[this](const stored_event& event) {
                           const char* reasons[] = {"explicit", "disconnect", "expired"};
                           std::string line{event.key};
                           line += event.what == stored_event::kind::set
                                       ? "=" + text(event.payload) + "@" + std::string{event.client}
                                       : std::string{" "} + reasons[static_cast<int>(event.reason)];
                           events_.push_back(line);
                           return publisher_works_;
                         },
                         clock_.source()};
};

TEST_F(Ephemeral, lists_live_entries_of_one_topic_sorted) {
  store_.set("", "c", "t", "b", text("2"), 1500ms);
  store_.set("", "c", "t", "a", text("1"), 500ms);
  store_.set("", "c", "u", "a", text("3"), 1s);
  store_.set("other", "c", "t", "z", text("4"), 1s);
  auto listed = store_.list("", "t");
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].key, "a");
  EXPECT_EQ(text(listed[1].payload), "2");
  EXPECT_EQ(listed[1].expires_in, 1500ms);
  clock_.now += 500ms;
  EXPECT_EQ(store_.list("", "t").size(), 1U) << "hidden at its deadline";
  store_.sweep();
  EXPECT_EQ(store_.size(), 4U) << "swept only after it";
  EXPECT_TRUE(store_.list("", "").empty());
}

TEST_F(Ephemeral, transfers_a_key_without_a_clear) {
  store_.set("", "one", "t", "k", text("1"), 0ms);
  store_.set("", "two", "t", "k", text("2"), 0ms);
  EXPECT_EQ(told(), "k=1@one;k=2@two;");
  store_.clear_client("one");
  EXPECT_EQ(store_.clear("", "one", "t", "k"), store_outcome::done);
  EXPECT_EQ(told(), "");
  store_.clear_client("two");
  EXPECT_EQ(told(), "k disconnect;");
  EXPECT_EQ(store_.size(), 0U);
}

TEST_F(Ephemeral, clears_explicitly_and_by_expiry) {
  store_.set("", "c", "t", "a", text(""), 1s);
  store_.set("", "c", "t", "b", text(""), 1h);
  EXPECT_EQ(store_.clear("", "c", "t", "missing"), store_outcome::done);
  told();
  clock_.now += 1s + 1ns;
  store_.sweep();
  EXPECT_EQ(told(), "a expired;");
  EXPECT_EQ(store_.list("", "t").at(0).expires_in, 30min - 1001ms) << "clamped, rounded down";
  EXPECT_EQ(store_.clear("", "c", "t", "b"), store_outcome::done);
  EXPECT_EQ(told(), "b explicit;");
}

TEST_F(Ephemeral, bounds_the_keys_of_a_client) {
  for (std::size_t i = 0; i < ephemeral_store::keys_per_client_max; ++i)
    ASSERT_EQ(store_.set("", "c", "t", std::to_string(i), text("x"), 0ms), store_outcome::done);
  store_.set("", "d", "t", "foreign", text("x"), 0ms);
  EXPECT_EQ(store_.set("", "c", "t", "new", text("x"), 0ms), store_outcome::too_many_keys);
  EXPECT_EQ(store_.set("", "c", "t", "foreign", text("x"), 0ms), store_outcome::too_many_keys);
  EXPECT_EQ(store_.set("", "c", "t", "7", text("y"), 0ms), store_outcome::done);
  store_.clear("", "c", "t", "7");
  EXPECT_EQ(store_.set("", "c", "t", "foreign", text("x"), 0ms), store_outcome::done);
}

TEST_F(Ephemeral, refuses_bad_input_and_keeps_a_change_not_published) {
  EXPECT_EQ(store_.set("", "", "t", "k", text("x"), 0ms), store_outcome::no_client);
  EXPECT_EQ(store_.set("", "c", "", "k", text("x"), 0ms), store_outcome::empty_id);
  EXPECT_EQ(store_.clear("", "c", "t", ""), store_outcome::empty_id);
  const std::string large(ephemeral_store::payload_bytes_max + 1, 'x');
  EXPECT_EQ(store_.set("", "c", "t", "k", text(large), 0ms), store_outcome::payload_too_large);
  publisher_works_ = false;
  EXPECT_EQ(store_.set("", "c", "t", "k", text("x"), 0ms), store_outcome::publisher_failed);
  EXPECT_EQ(store_.size(), 1U);
}

TEST(EphemeralThreads, clear_every_key_of_every_owner) {
  std::atomic<int> sets = 0;
  std::atomic<int> clears = 0;
  ephemeral_store store{[&](const stored_event& event) {
    ++(event.what == stored_event::kind::set ? sets : clears);
    return true;
  }};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&store, t] {
        const auto client = "c" + std::to_string(t);
        for (int round = 0; round < 20; ++round) {
          for (int i = 0; i < 100; ++i)
            store.set("", client, "t", client + std::to_string(i), text("x"), 0ms);
          store.list("", "t");
          store.sweep();
          store.clear_client(client);
        }
      });
  }
  EXPECT_EQ(store.size(), 0U);
  EXPECT_EQ(sets, 8'000);
  EXPECT_EQ(clears, 8'000);
}

} // namespace
} // namespace restante::benchmarks
