// The effect of a wall clock that is set while a broker runs: displayed times follow the clock,
// deadlines do not, and records on disk live as long as they were meant to (T1).

#include "restante/tests/support/journal.hpp"

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

constexpr instant noon{1'700'000'000'000'000'000};

/// A world with a wall clock that the test sets, on a machine that can be restarted.
class Clock : public JournalWorld {
protected:
  Clock() {
    how.started_at = noon;
    how.clocks.wall = [this] { return even() + wall_ahead; };
    how.clocks.boot = [this] {
      return has_boot_clock ? boot_clock{boot, even() - noon} : boot_clock{};
    };
  }

  /// The broker records the clocks when it stops, so the clocks must still exist then.
  void TearDown() override {
    is_made = false;
    end_world();
  }

  /// The time as it would be if the clock were never set: `noon` before the world is made.
  instant even() const { return is_made ? passed() : noon; }

  world& started() {
    auto& made = w();
    is_made = true;
    return made;
  }

  /// Simulates a power failure: the machine is off, and is then restarted with the broker.
  void restart_machine(duration off, duration ahead) {
    started().restart([&] {
      disk().cut_off(); // the ending broker cannot record the later clocks
      off_for += off;
      wall_ahead = ahead;
      boot += "'";
    });
    w().settle();
  }

  duration wall_ahead{0};
  duration off_for{0};
  std::string boot = "boot";
  bool has_boot_clock = true;
  bool is_made = false;

private:
  instant passed() const { return const_cast<Clock*>(this)->w().now() + off_for; }
};

TEST_F(Clock, T1_times_are_shown_as_the_wall_clock_has_them) {
  started();
  const auto one = put(text_to("bob", "1", 24h));
  EXPECT_EQ(one.created_at, noon);
  wall_ahead = 12h;
  w().pass(1s);
  const auto two = put(text_to("bob", "2", 24h));
  EXPECT_EQ(two.created_at, noon + 12h + 1s);
  EXPECT_EQ(two.expires_at, noon + 36h + 1s);
  // Also the age of older notifications is right: this one was put a second ago, whatever the clock
  // said then.
  EXPECT_EQ(status(one.trace).created_at, noon + 12h);
  EXPECT_EQ(w().broker().now(), noon + 12h + 1s);
  auto bob = w().connect("bob");
  ASSERT_EQ(bob.seen().deliveries().size(), 2U);
  EXPECT_EQ(bob.seen().deliveries()[0].created_at, noon + 12h);
  EXPECT_EQ(status(one.trace).delivered_at, noon + 12h + 1s);
  EXPECT_EQ(w().broker().stats().clock_steps, 1U);
}

TEST_F(Clock, T1_what_was_shown_does_not_waver_while_nobody_sets_the_clock) {
  started();
  const auto one = put(text_to("bob", "1"));
  wall_ahead = 49ms; // as much as reading two clocks may take
  w().pass(1s);
  EXPECT_EQ(status(one.trace).created_at, one.created_at);
  EXPECT_EQ(w().broker().stats().clock_steps, 0U);
  wall_ahead = 50ms;
  w().pass(1s);
  EXPECT_EQ(status(one.trace).created_at, one.created_at + 50ms);
  EXPECT_EQ(w().broker().stats().clock_steps, 1U);
}

TEST_F(Clock, T1_deadlines_run_evenly_whatever_the_wall_clock_does) {
  started();
  put(text_to("bob", "short", 10s));
  auto later = text_to("bob", "later", 1h);
  later.delay = 20s;
  put(later);
  for (const auto ahead : {240h, -240h}) {
    wall_ahead = ahead;
    w().pass(4s);
    EXPECT_EQ(pending("bob"), 2U);
  }
  w().pass(3s);
  EXPECT_EQ(pending("bob"), 1U);
  auto bob = w().connect("bob");
  EXPECT_TRUE(bob.seen().deliveries().empty());
  w().pass(9s);
  EXPECT_EQ(packs_of(bob.seen().deliveries()), packs{"later"});
}

TEST_F(Clock, T1_D1_a_broker_that_starts_again_knows_how_much_time_has_passed) {
  for (const auto ahead : {240h, -240h, 0h}) {
    started();
    put(text_to("bob", "short", 10s));
    put(text_to("bob", "long", 24h));
    auto later = text_to("bob", "later", 24h);
    later.delay = 20s;
    put(later);
    w().restart([&] { wall_ahead = ahead; });
    w().settle();
    EXPECT_EQ(pending("bob"), 3U) << "nothing early";
    w().pass(11s);
    EXPECT_EQ(pending("bob"), 2U) << "nothing late";
    auto bob = w().connect("bob");
    EXPECT_EQ(packs_of(bob.seen().deliveries()), packs{"long"});
    w().pass(10s);
    EXPECT_EQ(packs_of(bob.seen().deliveries()), (packs{"long", "later"}));
  }
}

TEST_F(Clock, T1_D1_what_is_shown_after_a_restart_is_what_the_wall_clock_says) {
  wall_ahead = -24h; // the clock was wrong at the first start
  started();
  const auto one = put(text_to("bob", "1", 48h));
  EXPECT_EQ(one.created_at, noon + -24h);
  w().restart([&] { wall_ahead = 0h; });
  w().settle();
  EXPECT_EQ(status(one.trace).created_at, noon);
  EXPECT_EQ(status(one.trace).expires_at, noon + 48h);
}

TEST_F(Clock, T1_D1_a_machine_that_was_off_counts_the_time_by_its_wall_clock) {
  started();
  put(text_to("bob", "short", 24h));
  put(text_to("bob", "long", 96h));
  restart_machine(72h, 0h);
  EXPECT_EQ(drain("bob"), packs{"long"});
}

TEST_F(Clock, T1_D1_a_machine_whose_clock_was_ahead_and_is_right_again_keeps_nothing_longer) {
  wall_ahead = 240h;
  started();
  put(text_to("bob", "short", 10s));
  auto later = text_to("bob", "later", 1h);
  later.delay = 20s;
  put(later);
  w().pass(1s);
  restart_machine(0s, 0h);
  EXPECT_EQ(pending("bob"), 2U);
  w().pass(11s);
  EXPECT_EQ(pending("bob"), 1U);
  w().pass(10s);
  EXPECT_EQ(drain("bob"), packs{"later"});
}

TEST_F(Clock, T1_D1_without_a_clock_of_the_machine_time_does_not_go_back) {
  has_boot_clock = false;
  started();
  put(text_to("bob", "short", 10s));
  w().restart([&] { wall_ahead = -240h; });
  w().settle();
  EXPECT_EQ(pending("bob"), 1U);
  w().pass(11s);
  EXPECT_EQ(pending("bob"), 0U);
}

TEST_F(Clock, C1_epochs_grow_over_a_restart_whatever_the_wall_clock_does) {
  epoch_number last = 0;
  for (const auto ahead : {0h, 240h, -240h}) {
    wall_ahead = ahead;
    if (is_made)
      restart_machine(0s, ahead);
    started();
    const auto bob = w().connect("bob");
    ASSERT_EQ(bob.seen().connects.size(), 1U);
    EXPECT_GT(bob.seen().connects[0].epoch, last);
    last = bob.seen().connects[0].epoch;
  }
}

} // namespace
} // namespace restante::testing
