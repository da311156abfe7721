// Every answered put is handed over before the broker ends (spec C6), wherever the stop happens and
// whatever the schedule is.

#include "restante/tests/support/journal.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::IsSupersetOf;

/// A stop after each number of steps, each with its own schedule.
constexpr unsigned stops = 400;
constexpr std::uint64_t schedules = 3;

options in_memory() {
  return {};
}

options on_disk() {
  options with;
  with.open_store = [](const journal::store_identity& wanted) {
    return std::make_unique<journal::memory_store>(std::make_shared<journal::memory_disk>(wanted));
  };
  return with;
}

class Handover : public ::testing::Test {
protected:
  /// Handles `steps` messages, then stops. The seed draws the schedule after that too.
  static void stop_after(world& in, unsigned steps) {
    while (steps > 0 && in.step())
      --steps;
  }

  /// The packs whose puts have been answered ok so far.
  static packs accepted(const std::vector<answer<put_receipt>>& puts) {
    packs all;
    for (std::size_t n = 0; n < puts.size(); ++n) {
      if (puts[n].is_ready() && puts[n].get().ok())
        all.push_back(std::to_string(n));
    }
    return all;
  }

  template <class Test>
  void at_each_stop(const options& with, Test test) {
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
      for (unsigned steps = 0; steps < stops; steps += 3) {
        world in{with, seed * stops + steps};
        test(in, steps);
        if (::testing::Test::HasFailure()) {
          ADD_FAILURE() << "schedule " << seed * stops + steps << ", stopped after " << steps;
          return;
        }
      }
    }
  }

  /// Puts that were answered before the stop reach connected clients.
  void expect_puts_to_be_handed_over(const std::function<options()>& with) {
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
      for (unsigned steps = 0; steps < stops; steps += 3) {
        world in{with(), seed * stops + steps};
        auto bob = in.connect("bob");
        auto alice = in.connect("alice");
        std::vector<answer<put_receipt>> puts;
        for (int n = 0; n < 30; ++n)
          puts.push_back(alice->put(text_to("bob", std::to_string(n))));
        stop_after(in, steps);
        const auto before = accepted(puts);
        in.stop();
        ASSERT_TRUE(bob.seen().end);
        ASSERT_THAT(packs_of(bob.seen().deliveries()), IsSupersetOf(before))
            << "schedule " << seed * stops + steps << ", stopped after " << steps;
      }
    }
  }
};

TEST_F(Handover, C6_a_put_that_was_answered_is_handed_over_before_the_end) {
  expect_puts_to_be_handed_over(in_memory);
}

TEST_F(Handover, C6_D1_so_is_one_that_was_answered_when_it_was_on_disk) {
  expect_puts_to_be_handed_over(on_disk);
}

// A client that asks itself receives the offers and the answers in one mailbox, in the order in
// which they were sent. So at every step, what an answer promises must have arrived before the
// answer.

TEST_F(Handover, C6_an_offer_is_sent_before_the_put_is_answered) {
  for (const auto with : {in_memory, on_disk}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      world in{with(), seed};
      auto alice = in.connect("alice");
      std::vector<answer<put_receipt>> puts;
      for (int n = 0; n < 30; ++n)
        puts.push_back(alice->put(text_to("alice", std::to_string(n))));
      while (in.step())
        ASSERT_THAT(packs_of(alice.seen().deliveries()), IsSupersetOf(accepted(puts)));
      EXPECT_EQ(accepted(puts).size(), 30U);
    }
  }
}

TEST_F(Handover, C6_the_next_offer_is_sent_before_the_ack_is_answered) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    world in{{}, seed};
    auto alice =
        in.connect({.client = "alice", .acks = ack_mode::explicit_by_peer, .max_inflight = 1});
    in.server().put(text_to("alice", "first"));
    in.server().put(text_to("alice", "second"));
    in.settle();
    const auto acked = alice->ack(alice.seen().deliveries().at(0).trace);
    while (in.step())
      ASSERT_TRUE(alice.seen().deliveries().size() == 2 || !acked.is_ready());
    EXPECT_TRUE(acked.get().ok());
  }
}

TEST_F(Handover, C6_N13_a_waiter_is_told_before_the_reply_is_answered) {
  for (const auto with : {in_memory, on_disk}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      world in{with(), seed};
      auto alice = in.connect("alice");
      const auto trace = in.outcome_of(alice->put(suit_to("alice", "?")))->trace;
      const auto waits = alice->await(trace, 1h);
      in.settle();
      const auto replied = alice->reply(trace, body::bytes("yes"));
      while (in.step())
        ASSERT_TRUE(waits.is_ready() || !replied.is_ready());
      EXPECT_TRUE(replied.get().ok());
    }
  }
}

TEST_F(Handover, C6_E10_an_event_is_sent_before_the_set_is_answered) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    world in{{}, seed};
    auto alice = in.connect("alice");
    in.outcome_of(alice->subscribe("room"));
    const auto set = alice->set("room", "key");
    while (in.step())
      ASSERT_TRUE(!alice.seen().events().empty() || !set.is_ready());
    EXPECT_TRUE(set.get().ok());
  }
}

TEST_F(Handover, C6_who_has_connected_gets_what_had_waited) {
  at_each_stop({}, [](world& in, unsigned steps) {
    for (int n = 0; n < 5; ++n)
      in.server().put(text_to("bob", std::to_string(n)));
    in.settle();
    auto bob = in.connect_unsettled({.client = "bob"});
    stop_after(in, steps % 40);
    const bool is_connected = bob->connected().is_ready() && bob->connected().get().ok();
    in.stop();
    EXPECT_EQ(bob.seen().deliveries().size(), is_connected ? 5U : bob.seen().deliveries().size());
  });
}

TEST_F(Handover, C6_an_ack_that_was_answered_has_made_room_for_the_next) {
  at_each_stop({}, [](world& in, unsigned steps) {
    auto bob = in.connect({.client = "bob", .acks = ack_mode::explicit_by_peer, .max_inflight = 1});
    in.server().put(text_to("bob", "first"));
    in.server().put(text_to("bob", "second"));
    in.settle();
    const auto acked = bob->ack(bob.seen().deliveries().at(0).trace);
    stop_after(in, steps % 40);
    const bool is_acked = acked.is_ready() && acked.get().ok();
    in.stop();
    EXPECT_GE(bob.seen().deliveries().size(), is_acked ? 2U : 1U);
  });
}

TEST_F(Handover, C6_N13_a_reply_that_was_answered_reaches_who_waits_for_it) {
  for (const auto with : {in_memory, on_disk}) {
    at_each_stop(with(), [](world& in, unsigned steps) {
      auto alice = in.connect("alice");
      auto bob = in.connect("bob");
      const auto trace = in.outcome_of(alice->put(suit_to("bob", "?")))->trace;
      const auto waits = alice->await(trace, 1h);
      in.settle();
      const auto replied = bob->reply(trace, body::bytes("yes"));
      stop_after(in, steps % 60);
      const bool is_replied = replied.is_ready() && replied.get().ok();
      in.stop();
      ASSERT_TRUE(waits.is_ready());
      if (is_replied) {
        EXPECT_TRUE(waits.get().ok());
      }
    });
  }
}

TEST_F(Handover, C6_E10_a_key_that_was_set_is_told_to_who_subscribes) {
  at_each_stop({}, [](world& in, unsigned steps) {
    auto bob = in.connect("bob");
    auto alice = in.connect("alice");
    in.outcome_of(bob->subscribe("room"));
    const auto set = alice->set("room", "key");
    stop_after(in, steps % 40);
    const bool is_set = set.is_ready() && set.get().ok();
    in.stop();
    if (is_set) {
      EXPECT_EQ(bob.seen().events().size(), 1U);
    }
  });
}

TEST_F(Handover, C6_a_stop_waits_for_no_more_than_one_answer_of_each_client) {
  for (const int clients : {10, 100}) {
    world in;
    std::vector<client> all;
    for (int n = 0; n < clients; ++n)
      all.push_back(in.connect("client-" + std::to_string(n)));
    in.stop();
    EXPECT_EQ(in.broker().stats().actors, 0U);
    for (const auto& one : all)
      EXPECT_TRUE(one.seen().end);
  }
}

} // namespace
} // namespace restante::testing
