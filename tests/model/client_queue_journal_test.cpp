// What a client queue does in two steps (stage, then commit), what a restart restores, and what a
// failed commit leaves.

#include "restante/tests/model/client_queue_fixture.hpp"

namespace restante::model {
namespace {

using namespace std::chrono_literals;
using state = notification_state;

class ClientQueueJournal : public ClientQueueTest {
protected:
  bool has_journal() const override { return true; }

  /// Stages a put that is not on disk yet.
  put_receipt stage(const put_notification& m) {
    auto result = queue().stage_put(m, trace_id{0xb0b, ++last_trace}, now, effects);
    const auto* receipt = std::get_if<put_receipt>(&result);
    if (receipt == nullptr) {
      ADD_FAILURE() << "refused: " << to_string(std::get<errc>(result));
      return {};
    }
    if (receipt->result == put_result::accepted)
      ++staged_puts;
    return *receipt;
  }
  put_receipt stage(std::string pack) { return stage(asked(std::move(pack))); }

  errc stage_refusal(const put_notification& m) {
    const auto result = queue().stage_put(m, trace_id{0xb0b, ++last_trace}, now, effects);
    const auto* code = std::get_if<errc>(&result);
    return code != nullptr ? *code : errc::none;
  }

  /// Simulates a failed journal: none of the staged changes are on disk.
  void fail() {
    queue().take_changes(0, now, effects);
    queue().settle_offers();
    queue().abandon_puts();
    staged_puts = 0;
  }

  std::vector<std::string> on_disk() const {
    std::vector<std::string> packs;
    for (const auto& [row, kept] : disk.rows())
      packs.emplace_back(kept.pack.view());
    return packs;
  }
};

TEST_F(ClientQueueJournal, D2_what_is_restored_twice_is_there_once) {
  stage("1");
  commit();
  drop();
  for (const auto& [row, kept] : disk.rows()) {
    queue().restore(kept);
    queue().restore(kept);
  }
  queue().end_restore(now, effects);
  EXPECT_EQ(pending(), 1U);
  stage("2");
  commit();
  EXPECT_EQ(pending(), 2U);
}

TEST_F(ClientQueueJournal, D2_what_is_restored_while_it_is_staged_is_there_once) {
  stage("1");
  ASSERT_TRUE(queue().has_changes(0, now, effects));
  auto row = disk.keep(queue().take_changes(0, now, effects));
  queue().settle_offers();
  for (const auto& [number, kept] : disk.rows())
    queue().restore(kept);
  queue().commit_put(row, now, effects);
  staged_puts = 0;
  EXPECT_EQ(pending(), 1U);
  stage("2");
  commit();
  EXPECT_EQ(pending(), 2U);
}

TEST_F(ClientQueueJournal, D1_an_uncommitted_one_is_invisible) {
  auto m = asked("1");
  m.want = receipts::wanted;
  const auto one = stage(m);
  EXPECT_EQ(one.accepted, kept_in::disk);
  EXPECT_EQ(pending(), 0U);
  EXPECT_EQ(code_of(try_status(one.trace)), errc::not_found);
  EXPECT_FALSE(queue().knows(one.trace, now, effects));
  EXPECT_TRUE(queue().offer(64, now, effects).empty());
  EXPECT_TRUE(queue().stage_drain(now, effects).empty());
  EXPECT_TRUE(effects.steps.empty());
  EXPECT_FALSE(queue().empty()); // the client must not be retired
  commit();
  EXPECT_EQ(pending(), 1U);
  EXPECT_EQ(states(), std::vector{state::queued});
  EXPECT_EQ(offer(), packs{"1"});
}

TEST_F(ClientQueueJournal, N4_D1_a_victim_stays_until_the_commit_of_what_evicts_it) {
  bounds.queue_length = 2;
  const auto first = put("1");
  put("2");
  EXPECT_EQ(stage("3").evicted, first.trace);
  EXPECT_EQ(status(first.trace).state, state::queued);
  EXPECT_EQ(pending(), 2U);
  EXPECT_TRUE(queue().offer(64, now, effects).empty()); // the commit may end it in a moment
  commit();
  EXPECT_EQ(code_of(try_status(first.trace)), errc::not_found);
  EXPECT_EQ(on_disk(), (packs{"2", "3"}));
  EXPECT_EQ(offer(), packs{"2"});
}

TEST_F(ClientQueueJournal, N4_D1_a_commit_that_failed_evicts_nothing) {
  bounds.queue_length = 2;
  put("1");
  put("2");
  stage("3");
  fail();
  EXPECT_EQ(pending(), 2U);
  bounds.queue_length = 8;
  EXPECT_EQ(offer(), (packs{"1", "2"}));
  EXPECT_EQ(on_disk(), (packs{"1", "2"}));
}

TEST_F(ClientQueueJournal, N4_D1_puts_of_one_commit_evict_each_other_at_the_cap) {
  bounds.queue_length = 2;
  put("0");
  stage("1");
  const auto second = stage("2");
  stage("3");
  EXPECT_EQ(stage("4").evicted, second.trace);
  commit();
  EXPECT_EQ(drain(), (packs{"3", "4"}));
  EXPECT_EQ(on_disk(), (packs{"3", "4"}));
}

TEST_F(ClientQueueJournal, N4_D1_staged_ones_count_at_the_cap) {
  bounds.queue_length = 2;
  stage("1");
  stage("2");
  auto third = asked("3");
  third.at_cap = cap_policy::reject;
  EXPECT_EQ(stage_refusal(third), errc::target_full);
  fail();
  EXPECT_EQ(stage_refusal(third), errc::none);
}

TEST_F(ClientQueueJournal, N14_D1_a_duplicate_finds_a_staged_one) {
  auto m = asked("1");
  m.message_id = "m";
  const auto first = stage(m);
  const auto second = stage(m);
  EXPECT_EQ(second.result, put_result::duplicate);
  EXPECT_EQ(second.trace, first.trace);
  EXPECT_TRUE(queue().is_staged(first.trace));
  fail();
  EXPECT_EQ(stage(m).result, put_result::accepted); // the first put never took effect
}

TEST_F(ClientQueueJournal, N15_D1_a_commit_that_failed_collapses_nothing) {
  auto m = asked("1");
  m.collapse_key = "score";
  const auto first = put(m);
  EXPECT_EQ(stage(m).collapsed, first.trace);
  stage(m);
  fail();
  EXPECT_EQ(pending(), 1U);
  EXPECT_EQ(put(m).collapsed, first.trace); // found again
}

TEST_F(ClientQueueJournal, N15_D1_of_one_commit_only_the_newest_of_a_key_is_kept) {
  auto m = asked("1");
  m.collapse_key = "score";
  m.want = receipts::wanted;
  stage(m);
  m.pack = body::bytes("2");
  stage(m);
  commit();
  EXPECT_EQ(states(), (std::vector{state::queued, state::collapsed, state::queued}));
  EXPECT_EQ(on_disk(), packs{"2"});
  EXPECT_EQ(drain(), packs{"2"});
}

TEST_F(ClientQueueJournal, N18_D1_what_is_staged_is_counted_and_given_back_when_it_fails) {
  stage("1");
  EXPECT_GT(memory->used(), 0U);
  fail();
  EXPECT_EQ(memory->used(), 0U);
  EXPECT_TRUE(queue().empty());
}

TEST_F(ClientQueueJournal, N11_D1_an_ack_that_failed_leaves_it_offered) {
  const auto one = put("1");
  offer();
  EXPECT_EQ(queue().stage_ack(one.trace, now, effects), ack_result::in_time);
  EXPECT_EQ(queue().stage_ack(one.trace, now, effects),
            ack_result::late); // already being delivered
  EXPECT_EQ(status(one.trace).state, state::offered);
  fail();
  queue().end_doubt(one.trace);
  EXPECT_EQ(ack(one.trace), ack_result::in_time);
}

TEST_F(ClientQueueJournal,
       N11_D1_what_is_being_acknowledged_is_not_offered_to_the_next_connection) {
  const auto one = put("1");
  put("2");
  offer(1);
  queue().stage_ack(one.trace, now, effects);
  queue().take_changes(0, now, effects);
  queue().return_offered(now, effects);
  EXPECT_TRUE(queue().offer(64, now, effects).empty());
  queue().commit_ack(one.trace, now, effects);
  EXPECT_EQ(status(one.trace).state, state::delivered);
  EXPECT_EQ(offer(), packs{"2"});
}

TEST_F(ClientQueueJournal, D1_nothing_is_offered_before_the_journal_knows_of_the_attempt) {
  put("1");
  EXPECT_TRUE(queue().offer(64, now, effects).empty());
  const auto changes = queue().take_changes(64, now, effects);
  EXPECT_EQ(changes.offered, (std::vector<kept_attempts>{{1, 1}}));
  queue().settle_offers();
  EXPECT_EQ(queue().offer(64, now, effects).size(), 1U);
}

TEST_F(ClientQueueJournal, D1_a_put_that_is_offered_at_once_is_written_once) {
  stage("1");
  const auto changes = queue().take_changes(64, now, effects);
  ASSERT_EQ(changes.puts.size(), 1U);
  EXPECT_EQ(changes.puts[0].attempts, 1U);
  EXPECT_TRUE(changes.offered.empty());
  EXPECT_EQ(changes.slot, 7U);
}

TEST_F(ClientQueueJournal, D2_a_restart_finds_queue_delivered_and_replies) {
  const auto answered = put(suit("1"));
  const auto delivered = put("2");
  put("3");
  put("4");
  offer(3);
  ack(answered.trace);
  ack(delivered.trace);
  reply(answered.trace, "yes");
  const auto before = status(answered.trace);
  restart();
  EXPECT_EQ(status(answered.trace), before);
  EXPECT_EQ(status(delivered.trace).state, state::delivered);
  const auto again = offers();
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0].pack.view(), "3");
  EXPECT_EQ(again[0].attempts, 2U); // the notification was offered
  EXPECT_EQ(again[1].attempts, 1U);
}

TEST_F(ClientQueueJournal, N16_D2_a_restart_keeps_the_order_of_eligibility) {
  auto later = asked("due at 1");
  later.delay = 1s;
  put(later);
  put("at once");
  auto much_later = asked("due at 9");
  much_later.delay = 9s;
  put(much_later);
  now = now + 2s;
  put("at 2");
  restart();
  EXPECT_EQ(offer(), (packs{"at once", "due at 1", "at 2"}));
  EXPECT_EQ(pending(), 4U);
  now = now + 7s;
  EXPECT_EQ(offer(), packs{"due at 9"});
}

TEST_F(ClientQueueJournal, N15_D2_one_that_was_out_and_has_a_newer_ends_collapsed_at_the_restart) {
  auto m = asked("1");
  m.collapse_key = "score";
  put(m);
  offer();
  m.pack = body::bytes("2");
  put(m);
  restart();
  EXPECT_EQ(drain(), packs{"2"});
  EXPECT_EQ(on_disk(), packs{"2"});
}

TEST_F(ClientQueueJournal, N14_D2_a_message_id_is_known_after_a_restart) {
  auto m = asked("1");
  m.message_id = "m";
  const auto first = put(m);
  restart();
  EXPECT_EQ(put(m).trace, first.trace);
}

TEST_F(ClientQueueJournal, N6_D2_what_is_forgotten_is_forgotten_on_disk) {
  bounds.delivered_length = 2;
  for (const auto* pack : {"1", "2", "3"})
    put(pack);
  drain();
  commit();
  EXPECT_EQ(on_disk(), (packs{"2", "3"}));
}

TEST_F(ClientQueueJournal, N8_D2_what_expired_meanwhile_is_gone) {
  put("1", 1s);
  put("2", 5s);
  now = now + 2s;
  restart();
  EXPECT_EQ(drain(), packs{"2"});
}

TEST_F(ClientQueueJournal, N18_D2_what_is_restored_is_counted) {
  put("1");
  const auto used = memory->used();
  restart();
  EXPECT_EQ(memory->used(), used);
  drop();
  EXPECT_EQ(memory->used(), 0U);
}

} // namespace
} // namespace restante::model
