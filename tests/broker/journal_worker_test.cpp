// The journal actor alone: the order of its reads, what it commits together, and how it handles
// faults.

#include "restante/actors/journal_worker.hpp"
#include "restante/tests/actors/actor_fixture.hpp"
#include "restante/tests/support/journal.hpp"

#include <gmock/gmock.h>

namespace restante::actors {
namespace {

using namespace std::chrono_literals;
using journal::storage_fault;

constexpr std::size_t slots = 8;

/// An actor that sends changes or asks for a slot, and records the answers.
struct asker {
  std::vector<row_number> committed;
  std::vector<errc> failed;
  std::vector<kept_view> views;
};

using asker_actor = typed<accepts<changes_committed>, accepts<changes_failed>, accepts<kept_view>>;

class asking : public asker_actor::base {
public:
  asking(caf::actor_config& config, std::shared_ptr<asker> what)
      : asker_actor::base{config}, what_{std::move(what)} {}

  behavior_type make_behavior() override {
    return {
        [this](const changes_committed& m) { what_->committed.push_back(m.first_put); },
        [this](const changes_failed& m) { what_->failed.push_back(m.code); },
        [this](const kept_view& m) { what_->views.push_back(m); },
    };
  }

private:
  std::shared_ptr<asker> what_;
};

class JournalWorker : public ActorFixture {
protected:
  JournalWorker() : ActorFixture{slots, [this](std::string_view line) { log.emplace_back(line); }} {
    environment_->journalled.slots_to_restore.store(slots);
    me_ = caf::actor_cast<caf::actor>(system_->spawn<asking>(received));
    auto store = std::make_unique<testing::observed_store>(
        std::make_unique<journal::memory_store>(disk),
        [this](slot_number slot) { read.push_back(slot); });
    worker_ = caf::actor_cast<journal_actor>(
        system_->spawn<journal_worker>(environment_, std::move(store)));
  }

  ~JournalWorker() override {
    say(stop_journal{});
    time_->settle();
    caf::anon_send_exit(me_, caf::exit_reason::user_shutdown);
    me_ = nullptr;
    worker_ = nullptr;
    pass_all();
  }

  template <class Message>
  void say(Message m) {
    say_as(me_, worker_, std::move(m));
  }

  static journal_changes put(slot_number slot, std::string_view pack, std::size_t copies = 1) {
    journal_changes changes;
    changes.slot = slot;
    changes.client = {"", "bob"};
    kept_notification kept;
    kept.to = changes.client;
    kept.pack = body::bytes(pack);
    kept.expires_at = instant::never();
    changes.puts.assign(copies, kept);
    return changes;
  }

  std::vector<std::string> log;
  std::vector<slot_number> read;
  std::shared_ptr<asker> received = std::make_shared<asker>();
  std::shared_ptr<journal::memory_disk> disk =
      std::make_shared<journal::memory_disk>(journal::store_identity{slots, {}});
  caf::actor me_;
  journal_actor worker_;
};

TEST_F(JournalWorker, D1_what_comes_in_together_is_committed_together) {
  for (slot_number slot = 0; slot < slots; ++slot)
    say(put(slot, "x"));
  time_->settle();
  EXPECT_EQ(received->committed, std::vector<row_number>(slots, 1));
  EXPECT_EQ(disk->commits(), 1U);
  say(put(0, "y"));
  time_->settle();
  EXPECT_EQ(received->committed.back(), 2U);
  EXPECT_EQ(disk->commits(), 2U);
  EXPECT_EQ(environment_->journalled.commits.load(), 2U);
  EXPECT_EQ(environment_->journalled.changes.load(), slots + 1);
}

TEST_F(JournalWorker, D1_a_commit_is_bounded_in_bytes) {
  const std::string pack(60'000, 'x');
  for (int n = 0; n < 600; ++n) // 36 MB
    say(put(0, pack));
  time_->settle();
  EXPECT_EQ(received->committed.size(), 600U);
  EXPECT_EQ(disk->commits(), 3U);
}

TEST_F(JournalWorker, D3_a_fault_is_everybodys_answer_and_is_told_once_and_so_is_its_end) {
  disk->fail_next(2, storage_fault::full);
  for (int n = 0; n < 2; ++n) {
    say(put(0, "x"));
    say(put(1, "x"));
    time_->settle();
  }
  EXPECT_EQ(received->failed, std::vector<errc>(4, errc::storage_failed));
  EXPECT_THAT(log, ::testing::ElementsAre(::testing::StartsWith("journal_failed")));
  EXPECT_TRUE(environment_->journalled.is_failing.load());
  say(put(0, "x"));
  time_->settle();
  EXPECT_EQ(received->committed.size(), 1U);
  pass(4s);
  EXPECT_TRUE(environment_->journalled.is_failing.load());
  pass(1s);
  EXPECT_FALSE(environment_->journalled.is_failing.load());
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[1], "journal_recovered ms=5000 refused_changes=4");
  EXPECT_EQ(time_->next_alarm(), std::nullopt);
  disk->fail_next(1, storage_fault::io);
  say(put(0, "x"));
  time_->settle();
  EXPECT_EQ(log.size(), 3U);
  EXPECT_EQ(environment_->journalled.failures.load(), 3U);
}

TEST_F(JournalWorker, D1_what_is_on_its_way_is_counted_until_it_is_done) {
  auto changes = put(0, "x", 3);
  environment_->journal_took(changes);
  EXPECT_EQ(environment_->journalled.waiting_changes.load(), 3U);
  say(changes);
  time_->settle();
  EXPECT_EQ(environment_->journalled.waiting_changes.load(), 0U);
  EXPECT_EQ(environment_->journalled.waiting_bytes.load(), 0U);
}

TEST_F(JournalWorker, D2_a_slot_that_is_waited_for_is_read_first) {
  for (slot_number slot = 0; slot < slots; ++slot)
    say(get_kept{slot, 0});
  say(hurry_slot{5});
  time_->settle();
  ASSERT_EQ(read.size(), slots);
  EXPECT_EQ(read[0], 5U);
  EXPECT_EQ(read[1], 0U);
}

TEST_F(JournalWorker, D2_a_slot_is_read_to_its_end_before_the_next_is_begun) {
  for (slot_number slot = 0; slot < 2; ++slot)
    say(put(slot, "x", 5'000));
  time_->settle();
  say(get_kept{0, 0});
  say(get_kept{1, 0});
  time_->settle();
  EXPECT_EQ(read, std::vector<slot_number>{0}); // until the rest has been requested
  while (received->views.back().last != 0) {
    say(get_kept{received->views.back().slot, received->views.back().last});
    time_->settle();
  }
  EXPECT_EQ(read, (std::vector<slot_number>{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(received->views.back().slot, 1U);
}

TEST_F(JournalWorker, D2_those_who_wait_for_a_commit_go_before_the_next_part) {
  say(put(0, "x", 5'000));
  time_->settle();
  say(get_kept{0, 0});
  say(put(1, "y"));
  say(get_kept{1, 0});
  time_->settle();
  EXPECT_EQ(received->committed.size(), 2U);
}

TEST_F(JournalWorker, D3_a_damaged_slot_is_said_to_be_so) {
  disk->damage(3);
  say(get_kept{3, 0});
  say(get_kept{4, 0});
  time_->settle();
  ASSERT_EQ(received->views.size(), 2U);
  EXPECT_EQ(received->views[0].code, errc::storage_failed);
  EXPECT_EQ(received->views[1].code, errc::none);
}

TEST_F(JournalWorker, D3_each_damaged_slot_is_named_once) {
  disk->damage(3);
  disk->damage(5);
  for (int times = 0; times < 2; ++times) {
    for (const slot_number slot : {3, 4, 5})
      say(get_kept{slot, 0});
    time_->settle();
  }
  EXPECT_EQ(environment_->journalled.slots_damaged.load(), 2U);
  EXPECT_THAT(
      log, ::testing::ElementsAre(::testing::HasSubstr("slot 3"), ::testing::HasSubstr("slot 5")));
}

TEST_F(JournalWorker, D3_a_disk_that_cannot_be_read_now_is_tried_again) {
  disk->fail_reads(2);
  say(get_kept{0, 0});
  say(get_kept{1, 0});
  time_->settle();
  EXPECT_TRUE(received->views.empty());
  pass(2s);
  EXPECT_EQ(received->views.size(), 2U);
  pass(5s);
  EXPECT_EQ(time_->next_alarm(), std::nullopt);
}

TEST_F(JournalWorker, D3_a_disk_that_works_again_is_noticed_though_nobody_puts) {
  for (slot_number slot = 0; slot < slots; ++slot)
    say(get_kept{slot, 0});
  time_->settle();
  disk->fail_next(2, storage_fault::full);
  say(put(0, "x"));
  time_->settle();
  pass(10s);
  EXPECT_TRUE(environment_->journalled.is_failing.load());
  EXPECT_THAT(log, ::testing::ElementsAre(::testing::StartsWith("journal_failed")));
  disk->fail_next(0, storage_fault::full);
  pass(5s);
  EXPECT_FALSE(environment_->journalled.is_failing.load());
  EXPECT_EQ(log.back(), "journal_recovered ms=15000 refused_changes=1");
  EXPECT_EQ(time_->next_alarm(), std::nullopt);
}

TEST_F(JournalWorker, T1_the_clocks_are_noted_with_a_commit_once_a_minute_and_at_the_end) {
  const auto noted = [this] {
    const auto note = disk->clocks();
    return note ? note->time - environment_->started_at() : duration{-1};
  };
  EXPECT_EQ(noted(), duration{-1});
  say(put(0, "x"));
  time_->settle();
  EXPECT_EQ(noted(), 0s);
  pass(59s);
  say(put(0, "x"));
  time_->settle();
  EXPECT_EQ(noted(), 0s);
  pass(1s);
  say(put(0, "x"));
  time_->settle();
  EXPECT_EQ(noted(), 60s);
  pass(10s);
  say(stop_journal{});
  time_->settle();
  EXPECT_EQ(noted(), 70s);
}

TEST_F(JournalWorker, T3_an_idle_one_has_no_alarm) {
  for (int n = 0; n < 10; ++n)
    say(put(0, "x", 500));
  time_->settle();
  EXPECT_EQ(time_->next_alarm(), std::nullopt);
}

} // namespace
} // namespace restante::actors
