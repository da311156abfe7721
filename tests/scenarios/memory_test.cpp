// Bounds on memory, things that cost no memory, and alarms that go away: N18, N19, T3.

#include "restante/tests/support/notifications.hpp"

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

class Memory : public NotificationWorld {
protected:
  static constexpr std::size_t KiB = 1024;
  broker_stats stats() { return w().broker().stats(); }

  /// Retries after a short time when the broker answers `overloaded`.
  outcome<put_receipt> put_again(const put_request& what) {
    const auto sent = of(server().put(what));
    if (sent.code() != errc::overloaded)
      return sent;
    w().pass(10ms);
    return of(server().put(what));
  }
};

TEST_F(Memory, N18_what_was_accepted_and_not_delivered_stays_and_more_is_refused) {
  how.limits.memory_bytes = 400 * KiB;
  const auto before = stats().memory_bytes;
  std::vector<put_receipt> accepted;
  errc refused = errc::none;
  for (int n = 0; n < 100 && refused == errc::none; ++n) {
    const auto result = of(server().put(text_to("bob", std::string(10 * KiB, 'x'), 1h)));
    refused = result.code();
    if (result)
      accepted.push_back(*result);
  }
  EXPECT_EQ(refused, errc::overloaded);
  EXPECT_GT(accepted.size(), 25U);
  EXPECT_LE(stats().memory_bytes, how.limits.memory_bytes);
  EXPECT_EQ(pending("bob"), accepted.size());
  for (const auto& one : accepted)
    EXPECT_EQ(status_code(one.trace), errc::none);
  auto alice = w().connect("alice");
  EXPECT_EQ(of(alice->set("topic", "key", body::bytes(std::string(16 * KiB, 'x')))).code(),
            errc::overloaded);
  alice->disconnect();
  w().pass(1h + 1ns);
  EXPECT_EQ(stats().memory_bytes, before);
  EXPECT_EQ(of(server().put(text_to("bob", "again"))).code(), errc::none);
}

TEST_F(Memory, N18_delivered_records_of_anybody_go_first_oldest_first) {
  how.limits.memory_bytes = 1024 * KiB;
  std::vector<put_receipt> delivered;
  for (int n = 0; n < 10; ++n) { // 640 KiB, two hours older than the records that follow
    const auto client = "client-" + std::to_string(n);
    delivered.push_back(put(text_to(client, std::string(64 * KiB, 'x'))));
    drain(client);
  }
  w().pass(2h);
  delivered.push_back(put(text_to("fresh", "x")));
  drain("fresh");
  for (int n = 0; n < 12; ++n)
    EXPECT_TRUE(put_again(text_to("bob", std::string(64 * KiB, 'x'))).ok()) << n;
  EXPECT_EQ(pending("bob"), 12U);
  int gone = 0;
  for (std::size_t n = 0; n < 10; ++n)
    gone += status_code(delivered[n].trace) == errc::not_found ? 1 : 0;
  EXPECT_GE(gone, 7);
  EXPECT_EQ(status_code(delivered.back().trace), errc::none); // the youngest record is still there
  EXPECT_LE(stats().memory_bytes, how.limits.memory_bytes);
}

TEST_F(Memory, N18_room_is_made_again_and_again) {
  how.limits.memory_bytes = 300 * KiB;
  for (int n = 0; n < 100; ++n) {
    const auto client = "client-" + std::to_string(n);
    ASSERT_TRUE(put_again(text_to(client, std::string(60 * KiB, 'x'))).ok()) << n;
    drain(client);
  }
}

TEST_F(Memory, N18_a_namespace_has_a_bound_of_its_own) {
  how.limits.namespace_memory_bytes = 200 * KiB;
  errc refused = errc::none;
  for (int n = 0; n < 20 && refused == errc::none; ++n) {
    auto what = text_to("bob", std::string(20 * KiB, 'x'));
    what.ns = "greedy";
    refused = of(server().put(what)).code();
  }
  EXPECT_EQ(refused, errc::overloaded);
  EXPECT_TRUE(of(server().put(text_to("bob", std::string(20 * KiB, 'x')))).ok());
}

TEST_F(Memory, N18_N7_replies_count_and_make_room_among_the_delivered) {
  how.limits.memory_bytes = 400 * KiB;
  const auto suit = put(suit_to("bob", "?"));
  for (int n = 0; n < 5; ++n)
    put(text_to("bob", std::string(60 * KiB, 'x')));
  drain("bob");
  const auto result = of(server().reply(suit.trace, body::bytes(std::string(64 * KiB, 'y'))));
  EXPECT_TRUE(result.ok()) << to_string(result.code());
  EXPECT_EQ(status(suit.trace).reply.size(), 64 * KiB);
  EXPECT_LE(stats().memory_bytes, how.limits.memory_bytes);
}

TEST_F(Memory, N18_queued_output_counts_apart_from_what_is_kept_and_is_given_back) {
  struct hoarder : sink {
    void attached(const connect_receipt&) override {}
    flow take(const push&) override { return flow::waiting; }
    void ended(const goodbye&) override {}
  };
  put(text_to("bob", "x", 1h));
  auto link =
      std::make_optional(w().broker().connect({.client = "bob"}, std::make_unique<hoarder>()));
  w().settle();
  const auto before = stats();
  server().put(text_to("bob", std::string(10 * KiB, 'x'), 1h));
  w().settle();
  EXPECT_LT(stats().memory_bytes, before.memory_bytes + 12 * KiB); // the record
  EXPECT_GT(stats().output_bytes, before.output_bytes + 10 * KiB); // the push
  link->cut();
  w().settle();
  EXPECT_EQ(stats().output_bytes, 0u);
}

TEST_F(Memory, N18_N19_everything_goes_and_memory_and_actors_are_as_at_the_start) {
  for (std::uint64_t at = 1; at <= 10; ++at) {
    world shuffled{{}, at};
    const auto start = shuffled.broker().stats();
    {
      auto alice = shuffled.connect("alice");
      auto bob = shuffled.connect({.client = "bob",
                                   .acks = ack_mode::explicit_by_peer,
                                   .max_inflight = 2,
                                   .resume_window = 5s});
      alice->watch("bob");
      for (int n = 0; n < 10; ++n) {
        auto what = suit_to(n % 2 == 0 ? "bob" : "carol", "x", 1min);
        what.want = receipts::wanted;
        what.message_id = std::to_string(n);
        alice->put(what);
      }
      alice->set("topic", "key", body::bytes("x"));
      bob->subscribe("topic");
      shuffled.settle();
      for (const auto& one : bob.seen().deliveries()) {
        alice->await(one.trace, 1h);
        bob->reply(one.trace, body::bytes("reply"));
        bob->ack(one.trace);
      }
      for (std::uint64_t n = 0; n < 3 * at; ++n)
        shuffled.step();
      bob->cut();
      shuffled.pass(1s);
    }
    shuffled.pass(2min);
    const auto end = shuffled.broker().stats();
    EXPECT_EQ(end.clients, 0U) << "seed " << at;
    EXPECT_EQ(end.topics, 0U) << "seed " << at;
    EXPECT_EQ(end.connections, 0U) << "seed " << at;
    EXPECT_EQ(end.actors, start.actors) << "seed " << at;
    EXPECT_EQ(end.memory_bytes, start.memory_bytes) << "seed " << at;
    EXPECT_EQ(end.crashes, 0U);
    shuffled.pass(1h);
    EXPECT_EQ(shuffled.next_alarm(), std::nullopt) << "seed " << at;
  }
}

TEST_F(Memory, N19_asking_about_absent_clients_makes_none) {
  server().pending("a");
  server().drain("b");
  server().status(trace_id{1, 2});
  auto alice = w().connect("alice");
  alice->unwatch("c");
  w().settle();
  EXPECT_EQ(stats().clients, 1U);
  alice->watch("d");
  w().settle();
  EXPECT_EQ(stats().clients, 2U); // watched: its presence must be reported later
  alice->disconnect();
  w().settle();
  EXPECT_EQ(stats().clients, 0U);
}

TEST_F(Memory, N19_a_client_stays_as_long_as_it_has_records) {
  put(text_to("bob", "x", 10s));
  { auto bob = w().connect("bob"); }
  w().settle();
  EXPECT_EQ(stats().clients, 1U); // a status query for a delivered record still works
  w().pass(10s + 1ns);
  EXPECT_EQ(stats().clients, 0U);
}

TEST_F(Memory, N19_a_put_and_a_retirement_that_cross_lose_nothing) {
  for (std::uint64_t at = 1; at <= 40; ++at) {
    world shuffled{{}, at};
    for (int round = 0; round < 10; ++round) {
      shuffled.broker().connect({.client = "bob"}).disconnect();
      for (std::uint64_t n = 0; n < at % 13; ++n)
        shuffled.step(); // bob may be retired at any time
      const auto sent = shuffled.server().put(text_to("bob", std::to_string(round)));
      shuffled.settle();
      ASSERT_TRUE(sent.get().ok());
      ASSERT_EQ(shuffled.outcome_of(shuffled.server().drain("bob"))->notifications.size(), 1U)
          << "seed " << at << " round " << round;
    }
  }
}

TEST_F(Memory, T3_an_idle_broker_has_no_alarm_and_a_used_one_ends_without) {
  EXPECT_EQ(w().next_alarm(), std::nullopt);
  auto bob = w().connect("bob");
  EXPECT_EQ(w().next_alarm(), std::nullopt); // connected and idle: no reason to wake up
  put(text_to("bob", "x"));
  put(text_to("carol", "x", 100ms));
  expect_quiet();
}

} // namespace
} // namespace restante::testing
