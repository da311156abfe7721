// Sinks, callbacks and actors that fail during their work: only their own connection ends (C7).

#include "restante/tests/support/notifications.hpp"

#include <stdexcept>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

class FailingSinks : public NotificationWorld {
protected:
  void SetUp() override {
    how.log = [this](std::string_view line) { logged.emplace_back(line); };
  }

  void TearDown() override { EXPECT_EQ(w().broker().stats().crashes, 0U); }

  std::vector<std::string> logged;
};

/// An actor as a sink, as an embedding program has one. While it is `keen`, it confirms each push;
/// otherwise it confirms everything at its end. A pack that says so makes it die. It ignores a
/// resume by another sink: its outstanding confirmations come with the next goodbye then.
struct listener_state {
  caf::strong_actor_ptr connection;
  std::vector<std::string> got;
  std::vector<end_reason> ended;
  std::size_t owed = 0;
  bool keen = true;
};

sink_actor::behavior_type listener(sink_actor::pointer self,
                                   std::shared_ptr<listener_state> state) {
  const auto taken = [self, state] {
    state->connection = dialect::sender_of(self);
    if (state->keen)
      confirm(self);
    else
      ++state->owed;
  };
  return {
      [](const connect_receipt&) {},
      [=](const delivery& m) {
        state->got.emplace_back(m.notification.pack.view());
        if (m.notification.pack.view() == "die") {
          self->quit(caf::exit_reason::user_shutdown);
          return;
        }
        taken();
      },
      [=](const topic_events&) { taken(); },
      [=](const entries_view&) { taken(); },
      [=](const entry_ended&) { taken(); },
      [=](const client_presence&) { taken(); },
      [=](const notification_step&) { taken(); },
      [=](const goodbye& m) {
        state->ended.push_back(m.reason);
        if (m.reason != end_reason::resumed)
          confirm(self, state->connection, std::exchange(state->owed, 0));
      },
  };
}

TEST_F(FailingSinks, C7_a_callback_that_throws_ends_its_connection_and_nothing_else) {
  auto carol = w().connect("carol");
  std::optional<goodbye> end;
  packs got;
  handlers what;
  what.on_notification = [&](const offered_notification& one) {
    if (one.pack.view() == "3")
      throw std::runtime_error{"no"};
    got.emplace_back(one.pack.view());
  };
  what.on_end = [&](const goodbye& why) { end = why; };
  for (int n = 1; n <= 5; ++n)
    put(text_to("bob", std::to_string(n)));
  auto bob = w().broker().connect({.client = "bob"}, what);
  w().settle();
  EXPECT_EQ(got, (packs{"1", "2"}));
  EXPECT_EQ(end, (goodbye{end_reason::sink_failed, errc::none}));
  EXPECT_EQ(of(bob.pending()).code(), errc::stale_connection);
  put(text_to("carol", "x"));
  EXPECT_EQ(packs_of(carol.seen().deliveries()), packs{"x"});
  auto again = w().connect("bob"); // acknowledged if taken, the rest is delivered again
  const auto rest = again.seen().deliveries();
  EXPECT_EQ(packs_of(rest), (packs{"3", "4", "5"}));
  EXPECT_EQ(rest.front().attempts, 2U);
}

TEST_F(FailingSinks, C7_every_handler_may_throw) {
  for (int which = 0; which < 6; ++which) {
    handlers what;
    const auto fail = [] { throw std::runtime_error{"no"}; };
    what.on_notification = [&](const auto&) {
      if (which == 0)
        fail();
    };
    what.on_event = [&](const auto&, const auto&) {
      if (which == 1)
        fail();
    };
    what.on_lost = [&](const auto&) {
      if (which == 2)
        fail();
    };
    what.on_presence = [&](const auto&) {
      if (which == 3)
        fail();
    };
    what.on_receipt = [&](const auto&) {
      if (which == 4)
        fail();
    };
    what.on_end = [&](const auto&) {
      if (which == 5)
        fail();
    };
    auto bob = w().broker().connect({.client = "bob"}, what);
    auto alice = w().connect("alice");
    of(bob.subscribe("topic"));
    bob.set("topic", "key");
    alice->set("topic", "key");
    bob.watch("alice");
    auto traced = text_to("bob", "x", 1s);
    traced.want = receipts::wanted;
    bob.put(traced);
    w().settle();
    if (which < 5) {
      EXPECT_EQ(of(bob.pending()).code(), errc::stale_connection) << which;
    }
    bob.cut();
    w().settle();
    EXPECT_EQ(w().broker().stats().connections, 1U) << which;
    EXPECT_TRUE(of(alice->pending()).ok()) << which;
    w().pass(2s);
  }
}

TEST_F(FailingSinks, C7_a_completion_that_throws_ends_its_connection_and_nothing_else) {
  auto alice = w().connect("alice");
  auto bob = w().connect("bob");
  alice->put(text_to("bob", "x"), [](const auto&) { throw std::runtime_error{"no"}; });
  const auto behind = alice->pending();
  w().settle();
  EXPECT_EQ(alice.seen().end, (goodbye{end_reason::sink_failed, errc::none}));
  EXPECT_TRUE(behind.is_ready());
  EXPECT_EQ(packs_of(bob.seen().deliveries()), packs{"x"});
}

TEST_F(FailingSinks, C7_completions_that_throw_at_a_closed_inbox_hold_up_no_goodbye) {
  auto alice = w().connect("alice");
  int failed = 0;
  errc inside = errc::none;
  for (int n = 0; n < 300; ++n) { // more than are under way at once
    alice->put(text_to("bob", "x"), [&](const outcome<put_receipt>& result) {
      if (result)
        return;
      ++failed;
      inside = server().pending("bob").get().code();
      throw std::runtime_error{"no"};
    });
  }
  w().step();
  alice->cut();
  w().settle();
  EXPECT_GT(failed, 0);
  EXPECT_EQ(inside, errc::would_block); // inside the broker no callback may wait
  EXPECT_EQ(alice.seen().end, (goodbye{end_reason::lost, errc::none}));
  EXPECT_EQ(w().broker().stats().connections, 0U);
}

TEST_F(FailingSinks, C7_the_server_identity_outlives_a_completion_that_throws) {
  server().put(text_to("bob", "x"), [](const auto&) { throw std::runtime_error{"no"}; });
  w().settle();
  EXPECT_EQ(pending("bob"), 1U);
  EXPECT_EQ(logged.size(), 1U);
}

TEST_F(FailingSinks, C1_a_cut_is_noticed_though_all_credit_is_used) {
  auto alice = w().connect("alice");
  of(alice->set("topic", "key"));
  for (int n = 0; n < 300; ++n)
    alice->put(text_to("bob", "x"));
  w().step(); // accepts as many operations as its credit allows
  alice->put(text_to("bob", "x"));
  auto& time = *server().time();
  time.step(time.runnable() - 1); // is told of one more before anything has been answered
  alice->cut();
  w().settle();
  EXPECT_EQ(w().broker().stats().connections, 0U);
  EXPECT_EQ(alice.seen().end, (goodbye{end_reason::lost, errc::none}));
  EXPECT_TRUE(must(of(server().list("topic"))).entries.empty());
}

TEST_F(FailingSinks, C1_a_cut_is_noticed_wherever_the_connect_has_got_to) {
  for (int steps = 0; steps < 12; ++steps) {
    world shuffled{{}, static_cast<std::uint64_t>(steps) + 1};
    auto alice = shuffled.broker().connect({.client = "alice"});
    alice.set("topic", "key");
    for (int n = 0; n < steps; ++n)
      shuffled.step();
    alice.cut();
    shuffled.settle();
    EXPECT_EQ(shuffled.broker().stats().connections, 0U) << steps;
    EXPECT_EQ(shuffled.broker().stats().clients, 0U) << steps;
    EXPECT_EQ(shuffled.broker().stats().topics, 0U) << steps;
  }
}

TEST_F(FailingSinks, N11_an_actor_sink_acknowledges_as_it_confirms) {
  const auto state = std::make_shared<listener_state>();
  const auto actor = w().system().spawn(listener, state);
  auto bob = w().broker().connect({.client = "bob"}, actor);
  const auto one = put(text_to("bob", "1"));
  EXPECT_EQ(status(one.trace).state, notification_state::delivered);
  state->keen = false;
  const auto two = put(text_to("bob", "2"));
  EXPECT_EQ(state->got, (packs{"1", "2"}));
  EXPECT_EQ(status(two.trace).state, notification_state::offered);
  bob.disconnect();
  w().settle();
  EXPECT_EQ(state->ended, std::vector{end_reason::left});
  EXPECT_EQ(status(two.trace).state, notification_state::offered); // confirmed too late
  EXPECT_EQ(pending("bob"), 1U);
}

/// A sink that is not an actor: it queues pushes and confirms through its inbox.
struct queueing_sink : sink {
  explicit queueing_sink(std::weak_ptr<connection_endpoint>& at) : at_{at} {}
  void opened(const std::weak_ptr<connection_endpoint>& at) override { at_ = at; }
  void attached(const connect_receipt&) override {}
  flow take(const push&) override { return flow::waiting; }
  void ended(const goodbye&) override {}
  std::weak_ptr<connection_endpoint>& at_;
};

TEST_F(FailingSinks, N11_a_sink_may_confirm_several_at_once_and_notifies_once) {
  std::weak_ptr<connection_endpoint> at;
  auto bob = w().broker().connect({.client = "bob"}, std::make_unique<queueing_sink>(at));
  for (int i = 0; i < 6; ++i)
    put(text_to("bob", "x"));
  EXPECT_EQ(pending("bob"), 6U);
  at.lock()->confirm(0);
  EXPECT_FALSE(w().step()); // nobody was told of nothing
  at.lock()->confirm(3);
  at.lock()->confirm();
  EXPECT_EQ(pending("bob"), 2U);
  at.lock()->confirm(100); // more confirmations than pushes: harmless
  EXPECT_EQ(pending("bob"), 0U);
  put(text_to("bob", "x"));
  EXPECT_EQ(pending("bob"), 1U); // and not kept for later
}

TEST_F(FailingSinks, C6_N11_what_is_confirmed_just_before_it_leaves_is_acknowledged) {
  for (const auto how : {departure::left, departure::shutdown}) {
    std::weak_ptr<connection_endpoint> at;
    auto bob = w().broker().connect({.client = "bob"}, std::make_unique<queueing_sink>(at));
    put(text_to("bob", "x"));
    EXPECT_EQ(pending("bob"), 1U);
    // Confirms as another thread might, between two reads of the inbox by the connection.
    at.lock()->submit(list_entries{0, {"", "room"}}, [&](answer_value&&) {
      const auto open = at.lock();
      open->confirm();
      open->depart(how);
    });
    w().settle();
    EXPECT_EQ(w().broker().stats().connections, 0U);
    EXPECT_EQ(pending("bob"), 0U);
  }
}

TEST_F(FailingSinks, C1_N11_an_actor_sink_that_dies_in_the_middle_loses_nothing) {
  for (std::uint64_t at = 1; at <= 20; ++at) {
    world shuffled{{}, at};
    auto& identity = shuffled.server();
    for (const auto* pack : {"1", "2", "die", "4"})
      identity.put(text_to("bob", pack));
    shuffled.settle();
    const auto state = std::make_shared<listener_state>();
    auto bob =
        shuffled.broker().connect({.client = "bob"}, shuffled.system().spawn(listener, state));
    shuffled.settle();
    EXPECT_EQ(shuffled.broker().stats().connections, 0U);
    EXPECT_EQ(state->got, (packs{"1", "2", "die"}));
    const auto rest = packs_of(shuffled.outcome_of(identity.drain("bob"))->notifications);
    EXPECT_EQ(rest, (packs{"die", "4"})) << "seed " << at;
  }
}

TEST_F(FailingSinks, C4_N11_a_sink_of_before_a_resume_confirms_nothing_of_the_new_one) {
  const auto old_state = std::make_shared<listener_state>();
  old_state->keen = false;
  const auto old_actor = w().system().spawn(listener, old_state);
  auto first = w().broker().connect({.client = "bob", .resume_window = 60s}, old_actor);
  const auto token = must(of(first.connected())).resume;
  put(text_to("bob", "1"));
  const auto new_state = std::make_shared<listener_state>();
  new_state->keen = false;
  const auto new_actor = w().system().spawn(listener, new_state);
  auto second =
      w().broker().connect({.client = "bob", .resume_window = 60s, .resume = token}, new_actor);
  w().settle();
  EXPECT_EQ(must(of(second.connected())).result, attach_result::resumed);
  EXPECT_EQ(old_state->ended, std::vector{end_reason::resumed});
  EXPECT_EQ(new_state->got, packs{"1"});
  ASSERT_EQ(old_state->owed, 1U);
  dialect::tell_anonymously(old_actor, goodbye{}); // makes it confirm at last
  w().settle();
  EXPECT_EQ(old_state->owed, 0U);
  EXPECT_EQ(pending("bob"), 1U); // the new sink has not confirmed it
}

} // namespace
} // namespace restante::testing
