// One shard with children of the test's own, step by step.

#include "restante/actors/topic_shard.hpp"
#include "restante/tests/actors/actor_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace restante::actors {
namespace {

using namespace std::chrono_literals;

int spawned = 0;

/// A child whose behaviour depends on the key of a set: `hold`, `free` and `crash` name actions;
/// any other key is handled and forgotten.
class puppet : public topic_actor::base {
public:
  puppet(caf::actor_config& config, child_seed seed)
      : topic_actor::base{config}, environment_{seed.environment}, duties_{seed} {
    ++spawned;
  }

  behavior_type make_behavior() override {
    return {
        [this](const set_entry& m) { on(m); },
        [](const clear_entry&) {},
        [](const list_entries&) {},
        [](const subscribe_topic&) {},
        [](const unsubscribe_topic&) {},
        [](const publish_message&) {},
        [](const get_topic_usage&) {},
        [](const owner_gone&) {},
        [this](const child_due&) {
          deadline_ = instant::never();
          holds_ = false;
          duties_.settle_due(this, shard(), true, deadline_);
        },
        [this](const retire&) { quit(); },
    };
  }

private:
  void on(const set_entry& m) {
    if (has_failed_ || m.key == "crash") {
      tell_connection(this, current_sender(), operation_failed{m.op, errc::internal, {}});
      if (!std::exchange(has_failed_, true))
        duties_.crashed(this, shard());
      return;
    }
    if (m.key == "hold") {
      holds_ = true;
      deadline_ = m.ttl.count() > 0 ? environment_->now(clock()) + m.ttl : instant::never();
    }
    if (m.key == "free") {
      holds_ = false;
      deadline_ = instant::never();
    }
    tell_connection(this, current_sender(), operation_done{m.op});
    duties_.settle(this, shard(), !holds_, deadline_);
  }

  const topic_shard_actor& shard() const { return environment_->topic_shard(duties_.route()); }

  environment_ptr environment_;
  child_duties<topic_shard_actor> duties_;
  instant deadline_ = instant::never();
  bool holds_ = false;
  bool has_failed_ = false;
};

struct puppet_kind : topic_kind {
  static topic_actor spawn(shard<puppet_kind>& by, child_seed seed) {
    return by.home_system().spawn<puppet>(std::move(seed));
  }
  static self::base::behavior_type behavior(shard<puppet_kind>& by) {
    return {
        [&by](set_entry& m) { by.forward(m); },
        [&by](clear_entry& m) { by.forward(m); },
        [&by](list_entries& m) { by.forward(m); },
        [&by](subscribe_topic& m) { by.forward(m); },
        [&by](unsubscribe_topic& m) { by.forward(m); },
        [&by](publish_message& m) { by.forward(m); },
        [&by](get_topic_usage& m) { by.forward(m); },
        [&by](const get_ids& m) { by.on(m); },
        [&by](owner_gone& m) { by.forward(m); },
        [&by](const child_idle& m) { by.on(m); },
        [&by](const child_deadline& m) { by.on(m); },
        [&by](const child_crashed& m) { by.on(m); },
        [&by](const stop_shard& m) { by.on(m); },
        [&by](const shard_due& m) { by.on(m); },
    };
  }
};

class Shard : public ActorFixture {
protected:
  struct received {
    std::vector<operation_number> done;
    std::vector<operation_failed> failed;
    std::vector<entries_view> views;
    std::vector<ids_view> ids;
    std::vector<topic_usage_view> usages;
  };

  Shard() : ActorFixture{1, [this](std::string_view line) { log_.emplace_back(line); }} {
    spawned = 0;
    shard_ =
        caf::actor_cast<topic_shard_actor>(system_->spawn<shard<puppet_kind>>(environment_, 0));
    environment_->set_shards({}, {shard_});
    caller_ = system_->spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const operation_done& m) { received_.done.push_back(m.op); },
              [this](const operation_failed& m) { received_.failed.push_back(m); },
              [this](const entries_view& m) { received_.views.push_back(m); },
              [this](const ids_view& m) { received_.ids.push_back(m); },
              [this](const topic_usage_view& m) { received_.usages.push_back(m); }};
    });
    time_->settle();
  }

  ~Shard() override {
    dialect::tell_anonymously(shard_, stop_shard{});
    pass_all();
    environment_->set_shards({}, {});
    caller_ = nullptr;
  }

  template <class Message>
  void say(Message m) {
    say_as(caller_, shard_, std::move(m));
  }
  set_entry set(std::string topic, std::string key, duration ttl = 0s) {
    return {++op_, {"", std::move(topic)}, std::move(key), "alice", {}, ttl, 0};
  }
  std::uint64_t children() { return environment_->account_of("")->topics.load(); }

  std::vector<std::string> log_;
  topic_shard_actor shard_;
  caf::actor caller_;
  received received_;
  operation_number op_ = 0;
};

TEST_F(Shard, N19_makes_a_child_on_first_use_and_lets_it_go_when_it_holds_nothing) {
  say(set("t", "hold"));
  time_->settle();
  EXPECT_EQ(children(), 1u);
  say(set("t", "anything"));
  time_->settle();
  EXPECT_EQ(children(), 1u);
  say(set("t", "free"));
  time_->settle();
  EXPECT_EQ(children(), 0u);
  EXPECT_EQ(spawned, 1);
  EXPECT_EQ(received_.done.size(), 3u);
  EXPECT_FALSE(time_->next_alarm());
}

TEST_F(Shard, N19_a_child_is_not_let_go_while_something_is_on_its_way_to_it) {
  say(set("t", "first"));
  time_->step(0); // the shard makes the child and forwards
  say(set("t", "second"));
  // The child handles the first message and then reports that it is idle; the report reaches the
  // shard after the second message.
  time_->step(time_->runnable() - 1 == 0 ? 0 : 1);
  time_->settle();
  EXPECT_EQ(spawned, 1);
  EXPECT_EQ(received_.done.size(), 2u);
  EXPECT_EQ(children(), 0u);
}

TEST_F(Shard, N19_no_message_is_lost_to_retirement_under_any_schedule) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    received_ = {};
    auto random = seed;
    time_->pick = [&random](std::size_t n) {
      random = random * 1664525 + 1013904223;
      return (random >> 8) % n;
    };
    for (int i = 0; i < 20; ++i) {
      say(set("t" + std::to_string(i % 2), "x"));
      for (unsigned n = (seed + static_cast<unsigned>(i)) % 5; n > 0 && time_->runnable(); --n)
        time_->step(time_->pick(time_->runnable()));
    }
    time_->settle();
    ASSERT_EQ(received_.done.size(), 20u) << "seed " << seed;
    ASSERT_EQ(children(), 0u) << "seed " << seed;
  }
  time_->pick = [](std::size_t) { return std::size_t{0}; };
}

TEST_F(Shard, E8_queries_to_an_absent_child_are_answered_without_one) {
  say(list_entries{1, {"", "t"}});
  say(clear_entry{2, {"", "t"}, "k"});
  say(unsubscribe_topic{3, {"", "t"}});
  say(publish_message{4, {"", "t"}, "alice", {}});
  say(owner_gone{{"", "t"}});
  time_->settle();
  EXPECT_EQ(spawned, 0);
  ASSERT_EQ(received_.views.size(), 1u);
  EXPECT_EQ(received_.views[0].epoch, 0u);
  EXPECT_EQ(received_.done, (std::vector<operation_number>{2, 3, 4}));
}

TEST_F(Shard, E9_S8_ids_are_those_of_a_range_in_order_and_no_child_is_asked) {
  for (const auto* topic : {"b/2", "a", "b/1", "c", "b/3", "b"})
    say(set(topic, "hold"));
  auto abroad = set("b/0", "hold");
  abroad.at.ns = "elsewhere";
  say(abroad);
  time_->settle();
  say(get_ids{7, {"b", "b", 2, ""}, id_scope::all, {}});
  say(get_ids{8, {"", "", 256, "elsewhere"}, id_scope::all, {}});
  say(get_ids{9, {"", "", 256, "nowhere"}, id_scope::all, {}});
  say(get_ids{10, {"", "", 256, ""}, id_scope::matching, {}});
  say(get_ids{11,
              {"", "", 256, ""},
              id_scope::matching,
              shared{std::vector<pattern_parts>{{"c"}, {"", "/3"}}}});
  ASSERT_EQ(time_->runnable(), 1u); // the shard only: no child was woken meanwhile
  time_->settle();
  using texts = std::vector<std::string>;
  EXPECT_EQ(received_.ids, (std::vector<ids_view>{{7, {"b/1", "b/2"}, 4, 3},
                                                  {8, {"b/0"}, 1, 1},
                                                  {9, {}, 0, 0},
                                                  {10, {}, 0, 0},
                                                  {11, texts{"b/3", "c"}, 2, 2}}));
  EXPECT_EQ(spawned, 7);
  EXPECT_EQ(children(), 6u);
  EXPECT_FALSE(time_->next_alarm());
}

TEST_F(Shard, N19_asking_how_a_topic_is_used_makes_none) {
  say(get_topic_usage{5, {"", "t"}});
  time_->settle();
  EXPECT_EQ(received_.usages, (std::vector<topic_usage_view>{{5, 0, 0}}));
  EXPECT_EQ(spawned, 0);
}

TEST_F(Shard, C7_a_crashed_child_is_removed_counted_logged_and_made_again) {
  say(set("t", "hold"));
  time_->settle();
  say(set("t", "crash"));
  say(set("t", "too late")); // under way when the child fails
  time_->settle();
  ASSERT_FALSE(received_.failed.empty());
  for (const auto& one : received_.failed)
    EXPECT_EQ(one.code, errc::internal);
  EXPECT_EQ(received_.done.size() + received_.failed.size(), 3u); // every caller got an answer
  EXPECT_EQ(environment_->count.crashes.load(), 1u);
  EXPECT_EQ(log_.size(), 1u);
  say(set("t", "hold"));
  time_->settle();
  EXPECT_EQ(spawned, 2);
  EXPECT_EQ(children(), 1u);
}

TEST_F(Shard, T3_lowering_a_deadline_again_and_again_piles_up_no_alarms) {
  for (int i = 0; i < 2000; ++i)
    say(set("t", "hold", 30min - 800ms * i));
  time_->settle();
  int rings = 0;
  while (time_->next_alarm()) {
    time_->ring_next();
    time_->settle();
    ++rings;
  }
  EXPECT_LT(rings, 100); // and none is left over
  EXPECT_EQ(children(), 0u);
}

TEST_F(Shard, E7_wakes_at_most_16_children_at_once_and_all_in_the_end) {
  for (int i = 0; i < 100; ++i)
    say(set("t" + std::to_string(i), "hold", 1s));
  time_->settle();
  ASSERT_EQ(children(), 100u);
  std::size_t most = 0;
  while (time_->next_alarm()) {
    time_->ring_next();
    while (const auto n = time_->runnable()) {
      time_->step(n - 1); // children last, so that woken children would pile up
      most = std::max(most, time_->runnable());
    }
  }
  EXPECT_LE(most, 17u); // and the shard itself
  EXPECT_EQ(children(), 0u);
}

} // namespace
} // namespace restante::actors
