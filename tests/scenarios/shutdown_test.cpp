// How a broker ends (spec C6), in virtual time and in real time.

#include "restante/tests/support/topic_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using clock = std::chrono::steady_clock;

TEST(Shutdown, C6_everybody_is_told_accepted_work_finishes_and_no_clears_are_published) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    world w{{}, seed};
    auto bob = w.connect("bob");
    ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
    auto alice = w.connect("alice");
    ASSERT_TRUE(w.outcome_of(alice->set("room", "k")));
    std::vector<answer<put_receipt>> puts;
    for (int i = 0; i < 300; ++i)
      puts.push_back(alice->put({.to = "carol"}));
    w.stop();
    for (const auto& put : puts)
      EXPECT_TRUE(put.is_ready() && put.get()) << "seed " << seed;
    for (auto* one : {&alice, &bob}) {
      ASSERT_TRUE(one->seen().end);
      EXPECT_EQ(one->seen().end->reason, end_reason::shutdown);
    }
    EXPECT_TRUE(should_reconnect(close_code_of(end_reason::shutdown)));
    EXPECT_EQ(number_of(close_code_of(end_reason::shutdown)), 4001);
    EXPECT_EQ(bob.seen().events().size(), 1u); // the set alone
    EXPECT_EQ(w.broker().stats().actors, 0u) << "seed " << seed;
    EXPECT_EQ(w.broker().stats().connections, 0u);
    w.stop(); // again: nothing
    EXPECT_EQ(alice->put({.to = "carol"}).get().code(), errc::shutting_down);
    EXPECT_EQ(w.connect("dave")->connected().get().code(), errc::shutting_down);
    EXPECT_EQ(w.server().put({.to = "carol"}).get().code(), errc::shutting_down);
  }
}

TEST(Shutdown, C6_detached_connections_and_alarms_hold_up_nothing) {
  world w;
  auto alice = w.connect(connect_options{.client = "alice", .resume_window = 60s});
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", {}, 20min)));
  ASSERT_TRUE(w.outcome_of(alice->put({.to = "bob", .ttl = 1h})));
  alice->cut();
  w.settle();
  w.stop();
  EXPECT_EQ(w.broker().stats().actors, 0u);
  w.pass(2h); // outstanding alarms find no actor and do no harm
  EXPECT_FALSE(w.next_alarm());
}

TEST(Shutdown, C6_memory_is_given_back) {
  world w;
  const auto before = w.broker().stats().memory_bytes;
  {
    auto alice = w.connect("alice");
    ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("x"))));
    ASSERT_TRUE(w.outcome_of(alice->put({.to = "bob", .pack = body::bytes("x")})));
    EXPECT_GT(w.broker().stats().memory_bytes, before);
  }
  w.settle();
  w.outcome_of(w.server().drain("bob"));
  w.pass(25h);
  EXPECT_EQ(w.broker().stats().memory_bytes, before);
}

options two_threads() {
  options how;
  how.threads = 2;
  return how;
}

/// Polls with a deadline, for events on other threads.
bool is_soon(const std::function<bool()>& so, duration most = 20s) {
  const auto until = clock::now() + most;
  while (!so()) {
    if (clock::now() > until)
      return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(Shutdown, C6_in_real_time_stopping_does_not_wait_for_alarms) {
  broker b{two_threads()};
  auto alice = b.connect({.client = "alice", .resume_window = 60s});
  ASSERT_TRUE(alice.set("room", "k", {}, 20min).get());
  ASSERT_TRUE(alice.put({.to = "bob"}).get());
  auto carol = b.connect({.client = "carol", .resume_window = 60s});
  ASSERT_TRUE(carol.set("room", "c", {}, 20min).get());
  carol.cut();
  const auto before = clock::now();
  b.stop();
  EXPECT_LT(clock::now() - before, 5s);
  EXPECT_EQ(b.stats().actors, 0u);
}

/// An embedder's hook that blocks until the test releases it.
struct gate {
  std::mutex mutex;
  std::condition_variable opened;
  bool is_open = false;
  bool is_used = false;

  bool pass() {
    std::unique_lock lock{mutex};
    is_used = true;
    opened.wait(lock, [this] { return is_open; });
    return true;
  }
  void open() {
    const std::lock_guard lock{mutex};
    is_open = true;
    opened.notify_all();
  }
  bool used() {
    const std::lock_guard lock{mutex};
    return is_used;
  }
};

TEST(Shutdown, C6_after_the_drain_timeout_it_goes_without_who_does_not_end) {
  caf::actor_system_config config;
  configure(config, 3);
  caf::actor_system system{config};
  gate stuck;
  options how;
  how.drain_timeout = 200ms;
  how.publisher = [&](std::string_view, std::string_view, std::string_view) {
    return stuck.pass();
  };
  how.log = [](std::string_view) {};
  {
    broker b{system, how};
    auto alice = b.connect({.client = "alice"});
    auto bob = b.connect({.client = "bob"});
    ASSERT_TRUE(alice.connected().get());
    ASSERT_TRUE(bob.connected().get());
    const auto never = alice.set("room", "k");
    ASSERT_TRUE(is_soon([&] { return stuck.used(); }));
    const auto before = clock::now();
    b.stop();
    EXPECT_LT(clock::now() - before, 5s);
    EXPECT_GE(clock::now() - before, 150ms);
    // The future of the operation fails although the topic never answered (C7).
    EXPECT_TRUE(is_soon([&] { return never.is_ready(); }, 5s));
    EXPECT_EQ(alice.put({.to = "bob"}).get().code(), errc::shutting_down);
    stuck.open();
    EXPECT_TRUE(is_soon([&] { return b.stats().actors == 0; }, 15s));
  }
}

TEST(Shutdown, C6_who_hurries_makes_a_stop_in_another_thread_wait_no_longer) {
  for (const bool is_early : {false, true}) {
    caf::actor_system_config config;
    configure(config, 3);
    caf::actor_system system{config};
    gate stuck;
    options how;
    how.drain_timeout = 10min;
    how.publisher = [&](std::string_view, std::string_view, std::string_view) {
      return stuck.pass();
    };
    how.log = [](std::string_view) {};
    broker b{system, how};
    auto alice = b.connect({.client = "alice"});
    const auto never = alice.set("room", "k");
    ASSERT_TRUE(is_soon([&] { return stuck.used(); }));
    if (is_early)
      b.hurry();
    std::atomic<bool> has_stopped{false};
    std::thread stopper{[&] {
      b.stop();
      has_stopped = true;
    }};
    if (!is_early) {
      // The stop has begun once the broker accepts nothing more. It waits for an operation that
      // will never finish.
      EXPECT_TRUE(is_soon([&] {
        return b.connect({.client = "bob"}).connected().get().code() == errc::shutting_down;
      }));
      EXPECT_FALSE(has_stopped);
    }
    b.hurry();
    b.hurry(); // again: nothing
    EXPECT_TRUE(is_soon([&] { return has_stopped.load(); }));
    stuck.open();
    stopper.join();
    EXPECT_TRUE(is_soon([&] { return never.is_ready(); }));
    EXPECT_FALSE(never.get());
    b.hurry();
    EXPECT_TRUE(is_soon([&] { return b.stats().actors == 0; }));
  }
}

TEST(Shutdown, C6_with_no_patience_at_all_nothing_breaks) {
  caf::actor_system_config config;
  configure(config, 3);
  caf::actor_system system{config};
  for (int round = 0; round < 20; ++round) {
    options how;
    how.drain_timeout = 0s;
    how.log = [](std::string_view) {};
    broker b{system, how};
    std::vector<connection> all;
    for (int i = 0; i < 50; ++i) {
      all.push_back(b.connect({.client = "c" + std::to_string(i)}));
      all.back().set("room", std::to_string(i));
      all.back().put({.to = "c" + std::to_string(i / 2)});
    }
    b.stop();
    EXPECT_TRUE(is_soon([&] { return b.stats().actors == 0; }));
  }
}

TEST(Shutdown, C6_connecting_from_other_threads_while_it_stops_is_refused_or_ended) {
  for (int round = 0; round < 20; ++round) {
    broker b{two_threads()};
    std::atomic<bool> is_over{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; !is_over; ++i) {
          auto one = b.connect({.client = std::to_string(t) + "-" + std::to_string(i)});
          const auto how = one.connected().get();
          if (!how) {
            EXPECT_EQ(how.code(), errc::shutting_down);
            return;
          }
        }
      });
    }
    is_soon([&] { return b.stats().connections > 0; });
    b.stop();
    EXPECT_EQ(b.stats().actors, 0u);
    is_over = true;
    for (auto& one : threads)
      one.join();
  }
}

} // namespace
} // namespace restante::testing
