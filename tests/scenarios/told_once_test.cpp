// When a limit is reached again and again, the operator gets a line at the beginning, and then once
// a minute (N4, N18).

#include "restante/tests/support/notifications.hpp"

#include <gmock/gmock.h>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ToldOnce : public NotificationWorld {
protected:
  ToldOnce() {
    how.log = [this](std::string_view line) { told.emplace_back(line); };
  }

  std::vector<std::string> told;
};

TEST_F(ToldOnce, N4_one_eviction_is_no_news_and_the_next_is) {
  how.limits.queue_length = 2;
  for (int n = 0; n < 3; ++n)
    put(text_to("bob", "x"));
  EXPECT_THAT(told, IsEmpty());
  put(text_to("bob", "x"));
  EXPECT_THAT(told, ElementsAre("evicting client=bob ns= evicted=2"));
  for (int n = 0; n < 100; ++n)
    put(text_to("bob", "x"));
  EXPECT_EQ(told.size(), 1U);
  w().pass(59s);
  put(text_to("bob", "x"));
  w().pass(1s);
  put(text_to("bob", "x"));
  EXPECT_THAT(told, ElementsAre("evicting client=bob ns= evicted=2",
                                "evicting client=bob ns= evicted=102"));
  EXPECT_EQ(w().broker().stats().evicted, 104U);
}

TEST_F(ToldOnce, N18_a_memory_limit_is_told_once_however_many_puts_are_refused) {
  how.limits.memory_bytes = 1 << 20;
  const std::string pack(60'000, 'x');
  int refused = 0;
  for (int n = 0; n < 100; ++n)
    refused += of(server().put(text_to("bob" + std::to_string(n), pack))).code() == errc::overloaded
                   ? 1
                   : 0;
  EXPECT_GT(refused, 50);
  EXPECT_THAT(told, ElementsAre(StartsWith("memory_limit of=broker ns= bytes=")));
  EXPECT_GE(w().broker().stats().memory_limits, static_cast<std::uint64_t>(refused));
  EXPECT_EQ(w().broker().stats().bounds.memory_bytes, 1U << 20);
}

TEST_F(ToldOnce, N18_a_namespace_at_its_limit_is_named) {
  how.limits.namespace_memory_bytes = 1 << 20;
  const std::string pack(60'000, 'x');
  int refused = 0;
  for (int n = 0; n < 100; ++n) {
    auto asked = text_to("bob" + std::to_string(n), pack);
    asked.ns = "acme";
    refused += of(server().put(asked)).code() == errc::overloaded ? 1 : 0;
  }
  EXPECT_GT(refused, 50);
  EXPECT_THAT(told, ElementsAre(StartsWith("memory_limit of=namespace ns=acme bytes=")));
}

} // namespace
} // namespace restante::testing
