// The counters for an operator: the whole broker in virtual time.

#include "restante/broker/testing/world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

TEST(Stats, E5_E6_E7_every_clear_is_counted_whatever_its_reason) {
  world w;
  auto alice = w.connect("alice");
  for (const auto* key : {"a", "b", "c", "d"})
    ASSERT_TRUE(w.outcome_of(alice->set("room", key, {}, std::string{key} == "a" ? 1s : 20min)));
  w.pass(2s);
  EXPECT_EQ(w.broker().stats().clears, 1u); // expired
  ASSERT_TRUE(w.outcome_of(alice->clear("room", "b")));
  ASSERT_TRUE(w.outcome_of(alice->clear("room", "b"))); // again: nothing went
  EXPECT_EQ(w.broker().stats().clears, 2u);
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->set("room", "c"))); // taken over: no clear
  EXPECT_EQ(w.broker().stats().clears, 2u);
  alice->disconnect();
  w.settle();
  EXPECT_EQ(w.broker().stats().clears, 3u);
}

TEST(Stats, N8_expired_notifications_are_counted_purged_or_not) {
  world w;
  w.server().put({.to = "bob", .ttl = 1s});
  w.server().put({.to = "bob", .ttl = 1s, .ns = "red"});
  w.server().put({.to = "bob", .ttl = 1h});
  w.pass(2s);
  EXPECT_EQ(w.broker().stats().expired, 2u);
  EXPECT_EQ(w.outcome_of(w.server().purge())->removed, 1u);
  EXPECT_EQ(w.broker().stats().expired, 2u);
  w.pass(2h);
  EXPECT_EQ(w.broker().stats().expired, 3u);
}

TEST(Stats, S10_400_what_is_refused_overloaded_is_counted_also_by_target) {
  options how;
  how.limits.puts_per_second = 1;
  world w{how};
  auto alice = w.connect("alice");
  ASSERT_TRUE(w.outcome_of(alice->put({.to = "bob"})));
  EXPECT_EQ(w.broker().stats().refused_overloaded, 0u);
  EXPECT_EQ(w.outcome_of(alice->put({.to = "bob"})).code(), errc::overloaded);
  EXPECT_EQ(w.broker().stats().refused_overloaded, 1u);
  ASSERT_TRUE(w.outcome_of(alice->put_many({"bob", "carol"}, {.to = {}})));
  EXPECT_EQ(w.broker().stats().refused_overloaded, 3u);
}

} // namespace
} // namespace restante::testing
