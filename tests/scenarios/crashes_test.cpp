// A handler of a real client or topic throws: its callers are answered `internal`, a new actor
// takes its place, and all others go on.

#include "restante/tests/scenarios/scarce_memory.hpp"
#include "restante/tests/support/topic_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// So many that an answer with all of them is by far the largest allocation.
constexpr std::size_t many = 250;

options silent() {
  options how;
  how.log = [](std::string_view) {};
  return how;
}

TEST(Crashes, S10_405_a_client_that_runs_out_of_memory_is_replaced_and_its_callers_told_internal) {
  world w{silent()};
  const auto memory = w.broker().stats().memory_bytes;
  auto bob = w.connect(connect_options{.client = "bob", .acks = ack_mode::explicit_by_peer});
  for (std::size_t i = 0; i < many; ++i)
    w.server().put({.to = "bob", .ttl = 1h});
  w.settle();
  ASSERT_THAT(bob.seen().deliveries(), SizeIs(inflight_max));
  {
    const scarce_memory scarce{many * sizeof(notification_view)};
    const auto drained = w.server().drain("bob");
    const auto behind = w.server().put({.to = "bob"});
    EXPECT_EQ(w.outcome_of(drained).code(), errc::internal);
    EXPECT_TRUE(behind.is_ready()); // accepted or refused, but answered
    EXPECT_TRUE(scarce.has_struck());
  }
  EXPECT_EQ(w.broker().stats().crashes, 1u);
  ASSERT_TRUE(bob.seen().end); // the acknowledgements of the old actor are lost
  EXPECT_EQ(bob.seen().end->reason, end_reason::taken_over);
  auto again = w.connect("bob");
  w.outcome_of(w.server().drain("bob"));
  again.seen().clear();
  ASSERT_TRUE(w.outcome_of(w.server().put({.to = "bob"})));
  EXPECT_THAT(again.seen().deliveries(), SizeIs(1));
  again->disconnect();
  w.pass(25h);
  EXPECT_EQ(w.broker().stats().clients, 0u);
  EXPECT_EQ(w.broker().stats().memory_bytes, memory); // all lost memory is given back
}

TEST(Crashes, S10_405_E14_a_topic_that_runs_out_of_memory_begins_again_and_subscribers_with_it) {
  world w{silent()};
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  for (std::size_t i = 0; i < many; ++i)
    ASSERT_TRUE(w.outcome_of(alice->set("room", "k" + std::to_string(i))));
  bob.seen().clear();
  {
    const scarce_memory scarce{many * sizeof(entry_view)};
    EXPECT_EQ(w.outcome_of(w.server().list("room")).code(), errc::internal);
    EXPECT_TRUE(scarce.has_struck());
  }
  EXPECT_EQ(w.broker().stats().crashes, 1u);
  ASSERT_THAT(bob.seen().snapshots(), SizeIs(1));
  EXPECT_THAT(bob.seen().snapshots()[0].entries, IsEmpty()); // the snapshot says: lost
  EXPECT_FALSE(alice.seen().end);
  for (std::size_t i = 0; i < 256; ++i) // lost keys take no place
    ASSERT_TRUE(w.outcome_of(alice->set("room", "n" + std::to_string(i)))) << i;
  topic_picture picture;
  picture.apply(bob.seen().pushes, "room");
  EXPECT_EQ(picture.faults(), 0);
  EXPECT_EQ(picture.words(), words_of(*w.outcome_of(w.server().list("room"))));
}

} // namespace
} // namespace restante::testing
