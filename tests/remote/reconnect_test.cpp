// A client over WebSocket that loses its broker, or its connection to the broker, for a while.

#include "restante/tests/remote/proxy.hpp"
#include "restante/tests/remote/test_servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> numbers(int from, int to) {
  std::vector<std::string> made;
  for (int i = from; i < to; ++i)
    made.push_back(std::to_string(i));
  return made;
}

put_request to_bob(int n) {
  return {.to = "bob", .pack = body::bytes(std::to_string(n))};
}

TEST(Reconnect, N14_E11_E14_a_broker_that_is_started_again_is_found_again) {
  gateway_server at;
  remote from{eager(at.url())};
  recorder seen;
  recorder of_ann;
  auto bob = connected(from.connect({.client = "bob"}, seen.all()));
  auto ann = connected(from.connect({.client = "ann"}, of_ann.all()));
  ASSERT_TRUE(bob.subscribe("room").get());
  ASSERT_TRUE(bob.watch("ann").get());
  ASSERT_TRUE(ann.set("room", "k").get());
  std::vector<answer<put_receipt>> asked;
  for (int i = 0; i < 10; ++i)
    asked.push_back(ann.put(to_bob(i)));
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 10; }));

  at.stop();
  ASSERT_TRUE(comes_true(
      [&] { return seen.interruptions().size() == 1 && of_ann.interruptions().size() == 1; }));
  EXPECT_EQ(seen.interruptions()[0].reason, end_reason::shutdown);
  for (int i = 10; i < 20; ++i)
    asked.push_back(ann.put(to_bob(i)));
  EXPECT_FALSE(asked.back().is_ready());

  at.start();
  for (const auto& one : asked)
    ASSERT_TRUE(one.get()) << one.get().error().text();
  for (int i = 20; i < 30; ++i)
    ASSERT_TRUE(ann.put(to_bob(i)).get());
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 30; }));
  EXPECT_EQ(packs_of(seen), numbers(0, 30));

  // The key was lost with its connection. Subscribers are told of that, and of later events.
  ASSERT_TRUE(comes_true([&] { return seen.snapshots().size() == 1; }));
  EXPECT_EQ(seen.snapshots()[0].topic, "room");
  EXPECT_EQ(seen.snapshots()[0].reason, view_reason::resync);
  EXPECT_THAT(seen.snapshots()[0].entries, IsEmpty());
  const auto before = seen.events().size();
  ASSERT_TRUE(ann.set("room", "again").get());
  ASSERT_TRUE(comes_true([&] { return seen.events().size() == before + 1; }));
  EXPECT_EQ(seen.events().back().key, "again");
  EXPECT_EQ(seen.events().back().seq, seen.snapshots()[0].seq + 1);
  ASSERT_EQ(of_ann.connects().size(), 2u);
  EXPECT_EQ(of_ann.connects()[1].result, attach_result::fresh);
  EXPECT_TRUE(comes_true([&] { return seen.presences().back().state == presence::connected; }));
}

TEST(Reconnect, W6_five_restarts_in_a_row) {
  gateway_server at;
  remote from{eager(at.url())};
  recorder seen;
  auto bob = connected(from.connect({.client = "bob"}, seen.all()));
  auto root = from.open_server();
  for (std::size_t i = 1; i <= 5; ++i) {
    at.stop();
    at.start();
    const auto kept = root.put({.to = "bob", .pack = body::bytes("x")}).get();
    ASSERT_TRUE(kept) << kept.error().text();
    ASSERT_TRUE(comes_true([&] { return seen.notes().size() == i; }));
  }
  EXPECT_EQ(seen.connects().size(), 6u);
  EXPECT_EQ(seen.interruptions().size(), 5u);
  EXPECT_THAT(seen.ends(), IsEmpty());
}

/// A broker, and a proxy in front of it that can be cut.
class Cut : public ::testing::Test {
protected:
  connection direct(const std::string& client, handlers what = {}) {
    return connected(straight_.connect({.client = client}, std::move(what)));
  }

  gateway_server at_;
  proxy backend_{at_.port()};
  remote straight_{eager(at_.url())};
  remote from_{eager(backend_.port())};
};

TEST_F(Cut, C4_E13_within_its_window_a_connection_goes_on_where_it_was) {
  recorder of_watcher;
  auto watcher = direct("watcher", of_watcher.all());
  ASSERT_TRUE(watcher.subscribe("room").get());
  recorder seen;
  auto bob = connected(from_.connect(
      {.client = "bob", .acks = ack_mode::explicit_by_peer, .resume_window = 60s}, seen.all()));
  ASSERT_TRUE(bob.set("room", "k").get());
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(watcher.put(to_bob(i)).get());
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 5; }));
  const auto first = seen.notes();
  ASSERT_TRUE(bob.ack(first[0].trace).get());
  ASSERT_TRUE(bob.ack(first[3].trace).get());

  backend_.cut();
  ASSERT_TRUE(comes_true([&] { return seen.connects().size() == 2; }));
  EXPECT_EQ(seen.connects()[1].result, attach_result::resumed);
  EXPECT_EQ(seen.interruptions().size(), 1u);
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 8; }));
  const auto all = seen.notes();
  for (const auto& [again, before] : {std::pair{5, 1}, {6, 2}, {7, 4}}) {
    EXPECT_EQ(all[again].trace, all[before].trace);
    EXPECT_EQ(all[again].attempts, 2u);
    EXPECT_EQ(bob.ack(all[again].trace).get()->result, ack_result::in_time);
  }
  EXPECT_EQ(bob.pending().get()->pending, 0u);
  EXPECT_EQ(watcher.list("room").get()->entries.size(), 1u);
  ASSERT_EQ(of_watcher.events().size(), 1u) << "nobody saw it go";
}

TEST_F(Cut, E6_N11_without_a_window_keys_go_and_the_rest_comes_back) {
  recorder of_watcher;
  auto watcher = direct("watcher", of_watcher.all());
  ASSERT_TRUE(watcher.subscribe("room").get());
  recorder seen;
  auto bob =
      connected(from_.connect({.client = "bob", .acks = ack_mode::explicit_by_peer}, seen.all()));
  ASSERT_TRUE(bob.set("room", "k").get());
  ASSERT_TRUE(watcher.put(to_bob(0)).get());
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 1; }));
  backend_.cut();
  ASSERT_TRUE(comes_true([&] { return of_watcher.events().size() == 2; }));
  EXPECT_EQ(of_watcher.events()[1].reason, clear_reason::disconnect);
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 2; }));
  EXPECT_EQ(seen.notes()[1].trace, seen.notes()[0].trace);
  EXPECT_GE(seen.notes()[1].attempts, 2u);
  EXPECT_TRUE(bob.set("room", "k").get());
}

TEST_F(Cut, N14_a_put_whose_answer_was_lost_is_stored_once) {
  recorder seen;
  auto bob = direct("bob", seen.all());
  auto ann = connected(from_.connect({.client = "ann"}));
  backend_.hold_answers();
  const auto kept = ann.put(to_bob(1));
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 1; }));
  EXPECT_FALSE(kept.is_ready());
  backend_.cut();
  backend_.release();
  ASSERT_TRUE(kept.get()) << kept.get().error().text();
  EXPECT_EQ(kept.get()->trace, seen.notes()[0].trace);
  EXPECT_EQ(kept.get()->result, put_result::duplicate);
  ASSERT_TRUE(ann.put(to_bob(2)).get());
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() >= 2; }));
  EXPECT_THAT(packs_of(seen), ElementsAre("1", "2"));
}

TEST_F(Cut, N10_N14_a_line_that_is_cut_again_and_again_loses_and_doubles_nothing) {
  recorder seen;
  auto bob = direct("bob", seen.all());
  recorder of_ann;
  auto ann = connected(from_.connect({.client = "ann", .resume_window = 60s}, of_ann.all()));
  std::vector<answer<put_receipt>> asked;
  std::set<std::size_t> cut_at;
  constexpr std::size_t all = 600;
  for (std::size_t i = 0; i < all; ++i) {
    asked.push_back(ann.put(to_bob(static_cast<int>(i))));
    // Some puts are answered, and some are under way.
    const auto done = i >= 40 ? i - 40 : 0;
    if (i % 60 == 59) {
      ASSERT_TRUE(comes_true([&] { return asked[done].is_ready(); }));
      backend_.cut();
    }
  }
  for (const auto& one : asked)
    ASSERT_TRUE(one.get()) << one.get().error().text();
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() >= all; }));
  EXPECT_EQ(packs_of(seen), numbers(0, all));
  EXPECT_GT(of_ann.interruptions().size(), 1u);
}

TEST_F(Cut, N11_deliveries_over_a_line_that_is_cut_again_and_again_are_all_there) {
  recorder seen;
  auto ann = direct("ann");
  auto bob = connected(from_.connect({.client = "bob", .resume_window = 60s}, seen.all()));
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(ann.put(to_bob(i)).get());
    if (i % 30 == 29)
      backend_.cut();
  }
  ASSERT_TRUE(comes_true([&] { return bob.pending().get()->pending == 0; }));
  std::vector<std::string> first;
  std::set<std::string> known;
  for (const auto& one : seen.notes()) {
    const std::string pack{one.pack.view()};
    const bool is_first = known.insert(pack).second;
    EXPECT_TRUE(is_first || one.attempts > 1) << pack << " came twice and says it is new";
    if (is_first)
      first.push_back(pack);
  }
  EXPECT_EQ(first, numbers(0, 300));
}

TEST_F(Cut, C3_a_broker_that_closes_its_half_is_left_and_found_again) {
  recorder seen;
  auto bob = connected(from_.connect({.client = "bob"}, seen.all()));
  backend_.half_close();
  ASSERT_TRUE(comes_true([&] { return seen.connects().size() == 2; }));
  EXPECT_EQ(seen.interruptions()[0].reason, end_reason::lost);
  EXPECT_TRUE(bob.pending().get());
}

TEST_F(Cut, C2_W6_one_that_was_taken_over_never_comes_again) {
  recorder seen;
  auto old = connected(from_.connect({.client = "ann"}, seen.all()));
  auto young = direct("ann");
  ASSERT_TRUE(comes_true([&] { return seen.ends().size() == 1; }));
  EXPECT_EQ(seen.ends()[0].reason, end_reason::taken_over);
  EXPECT_THAT(seen.interruptions(), IsEmpty());
  EXPECT_EQ(old.put(to_bob(1)).get().code(), errc::stale_connection);
  EXPECT_TRUE(young.put(to_bob(1)).get());
  EXPECT_EQ(backend_.calls(), 1u);
}

TEST_F(Cut, C6_stopping_while_the_line_is_held_ends_all_futures_in_time) {
  auto how = eager(backend_.port());
  how.close_timeout = 200ms;
  remote other{how};
  auto ann = connected(other.connect({.client = "ann"}));
  backend_.hold();
  const auto kept = ann.put(to_bob(1));
  const auto reply = ann.await(trace_id{1, 1}, 1h);
  const auto began = std::chrono::steady_clock::now();
  other.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
  EXPECT_TRUE(kept.is_ready());
  EXPECT_TRUE(reply.is_ready());
  EXPECT_FALSE(kept.get());
}

} // namespace
} // namespace restante::testing
