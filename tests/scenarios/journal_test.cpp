// The records on disk, tested through the whole broker: D1–D3.

#include "restante/tests/support/journal.hpp"

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

class Journal : public JournalWorld {};

TEST_F(Journal, D1_an_answered_put_survives_a_crash) {
  auto asked = text_to("bob", "1");
  asked.message_id = "m";
  const auto one = put(asked);
  EXPECT_EQ(one.accepted, kept_in::disk);
  const auto before = status(one.trace);
  crash();
  EXPECT_EQ(status(one.trace), before);
  EXPECT_EQ(put(asked).trace, one.trace); // N14
  EXPECT_EQ(drain("bob"), packs{"1"});
}

TEST_F(Journal, D1_without_a_journal_the_answer_says_memory) {
  how.open_store = nullptr;
  EXPECT_EQ(put(text_to("bob", "1")).accepted, kept_in::memory);
  w().restart();
  EXPECT_EQ(pending("bob"), 0U);
}

TEST_F(Journal, D1_S10_a_put_that_is_not_on_disk_is_refused_401_and_was_never_there) {
  auto bob = w().connect("bob");
  fail(1);
  EXPECT_EQ(of(server().put(text_to("bob", "1"))).code(), errc::storage_failed);
  EXPECT_TRUE(bob.seen().deliveries().empty());
  EXPECT_EQ(pending("bob"), 0U);
  put(text_to("bob", "2"));
  EXPECT_EQ(packs_of(bob.seen().deliveries()), packs{"2"});
  EXPECT_EQ(w().broker().stats().journal->failures, 1U);
}

TEST_F(Journal, D1_an_ack_is_answered_when_it_is_on_disk) {
  auto bob = explicitly("bob");
  const auto one = put(text_to("bob", "1"));
  fail(1);
  EXPECT_EQ(of(bob->ack(one.trace)).code(), errc::storage_failed);
  EXPECT_EQ(status(one.trace).state, notification_state::offered);
  EXPECT_EQ(must(of(bob->ack(one.trace))).result, ack_result::in_time);
  crash();
  EXPECT_EQ(status(one.trace).state, notification_state::delivered);
}

TEST_F(Journal, D1_what_was_handed_over_and_not_acknowledged_comes_again_with_attempts_raised) {
  auto bob = explicitly("bob");
  put(text_to("bob", "1"));
  ASSERT_EQ(bob.seen().deliveries().size(), 1U);
  EXPECT_EQ(bob.seen().deliveries()[0].attempts, 1U);
  crash();
  auto again = explicitly("bob");
  ASSERT_EQ(again.seen().deliveries().size(), 1U);
  EXPECT_EQ(again.seen().deliveries()[0].attempts, 2U);
}

TEST_F(Journal, D1_a_backlog_is_handed_over_after_its_attempts_are_on_disk) {
  for (const auto* pack : {"1", "2", "3"})
    put(text_to("bob", pack));
  auto bob = explicitly("bob", 2);
  EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"1", "2"}));
  crash();
  auto again = explicitly("bob", 3);
  const auto all = again.seen().deliveries();
  ASSERT_EQ(packs_of(all), (packs{"1", "2", "3"}));
  EXPECT_EQ(all[0].attempts, 2U);
  EXPECT_EQ(all[1].attempts, 2U);
  EXPECT_EQ(all[2].attempts, 1U);
}

TEST_F(Journal, D1_what_is_acknowledged_by_itself_does_not_come_again) {
  auto bob = w().connect("bob");
  put(text_to("bob", "1"));
  w().settle();
  crash();
  auto again = w().connect("bob");
  EXPECT_TRUE(again.seen().deliveries().empty());
}

TEST_F(Journal, D1_a_disk_that_fails_does_not_stop_deliveries) {
  for (int n = 0; n < 100; ++n)
    put(text_to("bob", std::to_string(n)));
  fail(1000, journal::storage_fault::io);
  auto bob = w().connect("bob");
  EXPECT_EQ(bob.seen().deliveries().size(), 100U);
  EXPECT_EQ(of(server().put(text_to("bob", "x"))).code(), errc::storage_failed);
}

TEST_F(Journal, D1_N7_S10_a_reply_is_kept_or_refused_401) {
  const auto one = put(suit_to("bob", "?"));
  fail(1);
  EXPECT_EQ(of(server().reply(one.trace, body::bytes("no"))).code(), errc::storage_failed);
  EXPECT_FALSE(status(one.trace).replied());
  must(of(server().reply(one.trace, body::bytes("yes"))));
  crash();
  EXPECT_EQ(status(one.trace).reply.view(), "yes");
  EXPECT_EQ(pending("bob"), 1U); // replied to, and not delivered yet
}

TEST_F(Journal, D1_N5_a_drain_that_failed_takes_nothing) {
  put(text_to("bob", "1"));
  fail(1);
  EXPECT_EQ(of(server().drain("bob")).code(), errc::storage_failed);
  EXPECT_EQ(pending("bob"), 1U);
  EXPECT_EQ(drain("bob"), packs{"1"});
  crash();
  EXPECT_EQ(pending("bob"), 0U);
}

TEST_F(Journal, D1_N5_N9_a_drain_and_a_count_see_the_puts_before_them) {
  auto first = server().put(text_to("bob", "1"));
  auto counted = server().pending("bob");
  auto second = server().put(text_to("bob", "2"));
  auto drained = server().drain("bob");
  auto third = server().put(text_to("bob", "3"));
  EXPECT_EQ(must(of(counted)).pending, 1U);
  EXPECT_EQ(packs_of(must(of(drained)).notifications), (packs{"1", "2"}));
  EXPECT_EQ(pending("bob"), 1U);
  must(of(third));
}

TEST_F(Journal, D1_N14_a_duplicate_waits_for_the_commit_of_the_first) {
  auto asked = text_to("bob", "1");
  asked.message_id = "m";
  w();
  fail(1);
  auto first = server().put(asked);
  auto second = server().put(asked);
  EXPECT_EQ(of(first).code(), errc::storage_failed);
  EXPECT_EQ(of(second).code(), errc::storage_failed);
  EXPECT_EQ(put(asked).result, put_result::accepted);
}

TEST_F(Journal, D1_N12_steps_are_told_when_they_are_on_disk) {
  auto alice = w().connect("alice");
  auto asked = text_to("bob", "1");
  asked.want = receipts::wanted;
  fail(1);
  EXPECT_EQ(of(alice->put(asked)).code(), errc::storage_failed);
  EXPECT_TRUE(alice.seen().steps().empty());
  const auto one = must(of(alice->put(asked)));
  crash();
  auto again = w().connect("alice");
  auto bob = w().connect("bob");
  using state = notification_state;
  EXPECT_EQ(states_of(alice.seen(), one.trace), std::vector{state::queued});
  EXPECT_EQ(states_of(again.seen(), one.trace), (std::vector{state::offered, state::delivered}));
}

TEST_F(Journal, D1_N4_a_full_target_evicts_with_the_commit) {
  how.limits.queue_length = 2;
  const auto first = put(text_to("bob", "1"));
  put(text_to("bob", "2"));
  fail(1);
  EXPECT_EQ(of(server().put(text_to("bob", "3"))).code(), errc::storage_failed);
  EXPECT_EQ(status_code(first.trace), errc::none);
  EXPECT_EQ(put(text_to("bob", "4")).evicted, first.trace);
  crash();
  EXPECT_EQ(drain("bob"), (packs{"2", "4"}));
}

TEST_F(Journal, D2_order_times_and_counts_come_back) {
  auto later = text_to("bob", "later");
  later.delay = 10s;
  put(later);
  put(text_to("bob", "short", 5s));
  put(text_to("bob", "1"));
  const auto answered = put(suit_to("carol", "?"));
  drain("carol");
  w().pass(4s);
  put(text_to("bob", "2"));
  crash();
  EXPECT_EQ(status(answered.trace).state, notification_state::delivered);
  EXPECT_EQ(pending("bob"), 4U);
  w().pass(2s);
  EXPECT_EQ(drain("bob"), (packs{"1", "2"})); // the short-lived notification has expired on time
  auto bob = w().connect("bob");
  w().pass(4s);
  EXPECT_EQ(packs_of(bob.seen().deliveries()), packs{"later"});
}

TEST_F(Journal, D2_N8_what_expires_while_it_is_stored_is_counted_by_a_purge) {
  put(text_to("bob", "1", 1s));
  put(text_to("bob", "2", 1h));
  w().restart([this] {
    disk().cut_off();
    w().pass(2s);
  });
  EXPECT_EQ(pending("bob"), 1U);
  EXPECT_EQ(must(of(server().purge(""))).removed, 1U);
}

TEST_F(Journal, D2_clients_without_anything_cost_nothing_after_a_restart) {
  put(text_to("bob", "1"));
  drain("bob");
  put(text_to("carol", "1"));
  crash();
  EXPECT_EQ(w().broker().stats().clients, 2U); // bob's record can still be queried (N6)
  EXPECT_EQ(w().broker().stats().journal->slots_to_restore, 0U);
  EXPECT_EQ(w().broker().stats().waiting, 1U);
}

TEST_F(Journal, D2_what_comes_before_the_slot_is_restored_waits_and_keeps_its_order) {
  put(text_to("bob", "1"));
  w().restart_unsettled([this] { disk().cut_off(); });
  auto put_2 = server().put(text_to("bob", "2"));
  auto drained = server().drain("bob");
  EXPECT_EQ(packs_of(must(of(drained)).notifications), (packs{"1", "2"}));
  must(of(put_2));
}

TEST_F(Journal, D1_puts_that_come_together_share_a_commit) {
  w();
  const auto before = disk().commits();
  std::vector<answer<put_receipt>> all;
  for (int n = 0; n < 256; ++n)
    all.push_back(server().put(text_to("client " + std::to_string(n), "x")));
  for (const auto& one : all)
    EXPECT_TRUE(of(one));
  EXPECT_LE(disk().commits() - before, 8U);
}

TEST_F(Journal, D2_ten_thousand_come_back_in_order) {
  how.limits.queue_length = 20'000;
  std::vector<answer<put_receipt>> all;
  for (int n = 0; n < 5'000; ++n) {
    all.push_back(server().put(text_to("bob", std::to_string(n))));
    all.push_back(server().put(text_to("client " + std::to_string(n), "x")));
  }
  w().settle();
  crash();
  const auto drained = drain("bob");
  ASSERT_EQ(drained.size(), 5'000U);
  for (int n = 0; n < 5'000; ++n)
    ASSERT_EQ(drained[static_cast<std::size_t>(n)], std::to_string(n));
  EXPECT_EQ(w().broker().stats().clients, 5'001U);
}

TEST_F(Journal, D3_a_damaged_slot_is_refused_and_the_others_live) {
  how.slots = 2;
  std::vector<std::string> names;
  for (int n = 0; n < 16; ++n) {
    names.push_back("client " + std::to_string(n));
    put(text_to(names.back(), "x"));
  }
  disk().damage(0);
  crash();
  int refused = 0;
  for (const auto& name : names) {
    const auto code = of(server().put(text_to(name, "y"))).code();
    EXPECT_TRUE(code == errc::none || code == errc::storage_failed) << to_string(code);
    refused += code == errc::storage_failed ? 1 : 0;
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 16);
  disk().mend(0);
  crash();
  for (const auto& name : names)
    EXPECT_FALSE(drain(name).empty());
}

TEST_F(Journal, D3_C1_nobody_connects_to_what_cannot_be_read) {
  how.slots = 1;
  put(text_to("bob", "1"));
  disk().damage(0);
  crash();
  auto bob = w().connect("bob");
  ASSERT_TRUE(bob.seen().end);
  EXPECT_EQ(bob.seen().end->code, errc::storage_failed);
}

TEST_F(Journal, C1_D2_epochs_grow_even_if_the_clock_went_back) {
  const auto first = w().connect("bob").seen().connects.at(0).epoch;
  crash(); // at the same instant
  EXPECT_GT(w().connect("bob").seen().connects.at(0).epoch, first);
}

TEST_F(Journal, C6_what_is_accepted_when_the_broker_stops_is_kept) {
  auto bob = w().connect("bob");
  std::vector<answer<put_receipt>> all;
  for (int n = 0; n < 100; ++n)
    all.push_back(server().put(text_to("bob", std::to_string(n))));
  w().restart(); // while all these operations are under way
  std::size_t accepted = 0;
  for (const auto& one : all)
    accepted += one.is_ready() && one.get() ? 1 : 0;
  EXPECT_EQ(accepted, 100U);
  EXPECT_EQ(bob.seen().deliveries().size() + pending("bob"), 100U);
}

TEST_F(Journal, D1_N18_a_journal_that_cannot_follow_refuses_puts) {
  how.limits.journal_waiting_changes = 8;
  std::vector<answer<put_receipt>> all;
  for (int n = 0; n < 64; ++n)
    all.push_back(server().put(text_to("client " + std::to_string(n), "x")));
  int refused = 0;
  for (const auto& one : all)
    refused += of(one).code() == errc::overloaded ? 1 : 0;
  EXPECT_EQ(refused, 56);
  put(text_to("bob", "1")); // later it can
  EXPECT_EQ(w().broker().stats().journal->waiting_changes, 0U);
}

TEST_F(Journal, T1_the_same_seed_gives_the_same_run) {
  const auto run = [](std::uint64_t seed) {
    auto disk = std::make_shared<journal::memory_disk>();
    options how;
    how.open_store = [disk](const auto&) { return std::make_unique<journal::memory_store>(disk); };
    world w{how, seed};
    auto bob = w.connect("bob");
    std::vector<answer<put_receipt>> all;
    for (int n = 0; n < 50; ++n)
      all.push_back(w.server().put(text_to(n % 2 ? "bob" : "carol", std::to_string(n))));
    w.settle();
    std::string seen;
    for (const auto& one : all)
      seen += to_string(one.get()->trace);
    for (const auto& one : bob.seen().deliveries())
      seen += to_string(one.trace);
    return seen;
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

TEST_F(Journal, T3_an_idle_one_has_no_alarm) {
  put(text_to("bob", "1", 1s));
  expect_quiet();
}

} // namespace
} // namespace restante::testing
