// How a shard frees memory (spec N18), with fake clients: which clients it asks, how many at once,
// and that it never waits for a client that has gone.

#include "restante/actors/client_shard.hpp"
#include "restante/tests/actors/actor_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace restante::actors {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t record_bytes = 100'000;

/// What the fakes should do, and what they have done.
struct stage {
  std::vector<std::string> asked; ///< clients asked to trim, in order
  std::set<std::string> mute;     ///< clients that do not answer a trim
  std::map<std::string, child_seed> seeds;
};
stage* now_playing = nullptr;

/// Holds a delivered record of `record_bytes` from its start, and forgets the record when asked to
/// trim.
caf::behavior fake_client(caf::event_based_actor* self, child_seed seed, stage* on) {
  dialect::drop_unexpected(self);
  const auto duties = std::make_shared<child_duties<client_shard_actor>>(seed);
  const auto shard = [seed] { return seed.environment->client_shard(seed.route); };
  seed.memory->take(record_bytes);
  return {
      [=](const put_batch&) {
        duties->tell_records(self, shard(), seed.environment->now(self->clock()), 0);
        duties->settle(self, shard(), false, instant::never());
      },
      [=](const trim_records& m) {
        on->asked.push_back(seed.id);
        if (on->mute.contains(seed.id))
          return;
        const auto& bound =
            m.scope == memory_scope::whole ? seed.environment->whole() : *seed.memory;
        const bool goes = bound.is_being_trimmed();
        if (goes)
          seed.memory->give_back(record_bytes);
        duties->tell_records(self, shard(), goes ? instant::never() : instant{1}, 1);
        duties->settle(self, shard(), goes, instant::never());
      },
      [=](const retire&) { self->quit(); },
  };
}

struct fake_kind : client_kind {
  static client_actor spawn(shard<fake_kind>& by, child_seed seed) {
    now_playing->seeds.emplace(seed.id, seed);
    return caf::actor_cast<client_actor>(
        by.home_system().spawn(fake_client, std::move(seed), now_playing));
  }

  static self::base::behavior_type behavior(shard<fake_kind>& by) {
    return {
        [&by](put_batch& m) { by.part(m); },
        [](get_status&) {},
        [](record_reply&) {},
        [](await_reply&) {},
        [](cancel_await&) {},
        [](drain_queue&) {},
        [](get_pending&) {},
        [](purge_expired&) {},
        [](get_ids&) {},
        [](ack_notifications&) {},
        [](notification_step&) {},
        [](client_connected&) {},
        [](connection_resumed&) {},
        [](connection_detached&) {},
        [](client_disconnected&) {},
        [](watch_client&) {},
        [](unwatch_client&) {},
        [&by](const trim_records& m) { by.on(m); },
        [&by](const child_idle& m) { by.on(m); },
        [&by](const child_records& m) { by.on(m); },
        [&by](const child_deadline& m) { by.on(m); },
        [&by](const child_crashed& m) { by.on(m); },
        [](kept_view&) {},
        [&by](const stop_shard& m) { by.on(m); },
        [&by](const shard_due& m) { by.on(m); },
    };
  }
};

class Trim : public ActorFixture {
protected:
  Trim() {
    now_playing = &stage_;
    shard_ = caf::actor_cast<client_shard_actor>(system_->spawn<shard<fake_kind>>(environment_, 0));
    environment_->set_shards({shard_}, {});
    caller_ = system_->spawn([](caf::event_based_actor* self) -> caf::behavior {
      dialect::drop_unexpected(self);
      return {[](const operation_failed&) {}};
    });
    time_->settle();
  }

  ~Trim() override {
    dialect::tell_anonymously(shard_, stop_shard{});
    pass_all();
    environment_->set_shards({}, {});
    caller_ = nullptr;
  }

  /// Makes clients. The record of each is one second younger than that of the client before.
  void make(const std::string& name, int count, const std::string& ns = {}) {
    for (int n = 0; n < count; ++n) {
      put_notification one;
      one.to = {ns, name + std::to_string(n)};
      one.route = environment_->routing.route(one.to.ns, one.to.client);
      say_as(caller_, shard_, put_batch{{one}});
      pass(1s);
    }
  }

  model::account& whole() { return environment_->whole(); }
  instant present() { return environment_->now(system_->clock()); }

  /// Makes the given number of bytes of memory missing.
  void lack(std::uint64_t bytes) {
    lacking_ = whole().most() - whole().most() / 16 - whole().used() + bytes;
    whole().take(lacking_);
    environment_->relieve_memory(whole(), present());
  }
  void end_lack() { whole().give_back(std::exchange(lacking_, 0)); }

  stage stage_;
  client_shard_actor shard_;
  caf::actor caller_;
  std::uint64_t lacking_ = 0;
};

TEST_F(Trim, N18_the_oldest_is_asked_first_and_nobody_when_there_is_room) {
  make("c", 40);
  lack(1);
  time_->settle();
  ASSERT_GE(stage_.asked.size(), 3u); // a quarter of a mebibyte more is freed
  EXPECT_EQ(stage_.asked[0], "c0");
  EXPECT_EQ(stage_.asked[1], "c1");
  EXPECT_LE(stage_.asked.size(), 10u);
  EXPECT_FALSE(whole().is_being_trimmed());
  stage_.asked.clear();
  environment_->relieve_memory(whole(), present());
  time_->settle();
  EXPECT_TRUE(stage_.asked.empty());
  end_lack();
}

TEST_F(Trim, N18_one_round_is_under_way_at_a_time_however_often_the_bound_is_met) {
  make("c", 200);
  lack(std::uint64_t{1} << 40);
  for (int n = 0; n < 1000; ++n)
    environment_->relieve_memory(whole(), present());
  EXPECT_EQ(time_->runnable(), 1u); // the shard, with one message
  std::size_t most = 0;
  while (const auto n = time_->runnable()) {
    most = std::max(most, n);
    time_->step(n - 1);
    environment_->relieve_memory(whole(), present());
  }
  EXPECT_LE(most, 70u);
  EXPECT_EQ(stage_.asked.size(), 200u); // each once
  end_lack();
}

TEST_F(Trim, N18_where_nobody_has_a_record_a_met_bound_asks_nobody) {
  lack(1);
  EXPECT_EQ(time_->runnable(), 0u);
  end_lack();
}

TEST_F(Trim, N18_one_that_has_failed_is_not_waited_for) {
  make("c", 40);
  stage_.mute = {"c0", "c1"};
  lack(std::uint64_t{1} << 40);
  time_->settle();
  EXPECT_LT(stage_.asked.size(), 40u); // the shard waits for those two
  for (const auto* name : {"c0", "c1"}) {
    const auto& seed = stage_.seeds.at(name);
    seed.memory->give_back(record_bytes);
    dialect::tell_anonymously(shard_, child_crashed{seed.route, seed.number});
  }
  time_->settle();
  EXPECT_EQ(stage_.asked.size(), 40u);
  EXPECT_FALSE(whole().oldest());
  end_lack();
}

TEST_F(Trim, N18_a_namespace_that_is_short_asks_its_own_only) {
  make("old", 10, "calm");
  make("c", 20, "full");
  const auto memory = environment_->account_of("full");
  const auto lacking = memory->most() - memory->used();
  memory->take(lacking);
  whole().give_back(lacking); // other clients have room
  environment_->relieve_memory(*memory, present());
  time_->settle();
  EXPECT_EQ(stage_.asked.size(), 20u);
  for (const auto& one : stage_.asked)
    EXPECT_EQ(one[0], 'c');
  whole().take(lacking);
  memory->give_back(lacking);
}

} // namespace
} // namespace restante::actors
