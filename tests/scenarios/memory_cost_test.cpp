// The cost of being at a memory limit, counted in messages and not in time (spec N18).

#include "restante/tests/support/journal.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

/// Runs until no actor has a message. Returns the number of handled messages.
std::size_t steps_of(world& in) {
  std::size_t steps = 0;
  while (in.step())
    ++steps;
  return steps;
}

std::string name(std::size_t n) {
  return "client-" + std::to_string(n);
}

/// About the number of bytes that the broker counts for a client with one short notification.
constexpr std::uint64_t client_bytes = actor_cost_bytes + record_cost_bytes + 128;

put_request put_in(std::string ns, std::string to, std::string_view pack) {
  auto what = text_to(std::move(to), pack, 1h);
  what.ns = std::move(ns);
  return what;
}

class MemoryCost : public ::testing::Test {
protected:
  static options with_room_for(std::size_t clients) {
    options how;
    how.limits.memory_bytes = clients * client_bytes;
    return how;
  }

  /// Puts one notification to each of a series of new clients until one put is refused. Returns how
  /// many were accepted.
  static std::size_t fill(world& in, const std::string& ns = {}) {
    for (std::size_t n = 0;; ++n) {
      if (!in.outcome_of(in.server().put(put_in(ns, name(n), "x"))).ok())
        return n;
    }
  }

  /// Puts to new clients that take each notification at once, so they keep delivered records.
  static void leave_records(world& in, std::size_t clients, const std::string& ns = {}) {
    for (std::size_t n = 0; n < clients; ++n) {
      in.server().put(put_in(ns, name(n), "x"));
      in.server().drain(name(n), ns);
      in.settle();
    }
  }

  static std::size_t put_steps(world& in, const std::string& to, const std::string& ns = {}) {
    in.server().put(put_in(ns, to, "x"));
    return steps_of(in);
  }
};

TEST_F(MemoryCost, N18_a_refusal_costs_the_same_however_many_clients_there_are) {
  std::vector<std::vector<std::size_t>> costs;
  for (const std::size_t clients : {100U, 2000U}) {
    world in{with_room_for(clients)};
    const auto with_room = put_steps(in, "early");
    const auto filled = fill(in);
    EXPECT_GT(filled, clients * 8 / 10);
    costs.push_back({put_steps(in, "absent"), put_steps(in, name(7)), put_steps(in, "early")});
    for (const auto cost : costs.back())
      EXPECT_LE(cost, with_room + 2) << clients;
  }
  EXPECT_EQ(costs[0], costs[1]);
}

TEST_F(MemoryCost, N18_making_room_costs_what_goes_and_nothing_for_who_stays) {
  std::vector<double> costs;
  for (const std::size_t clients : {200U, 3000U}) {
    world in{with_room_for(clients)};
    leave_records(in, clients - 40);
    std::size_t steps = 0;
    std::size_t accepted = 0;
    for (std::size_t n = 0; n < 200; ++n) {
      const auto sent = in.server().put(put_in({}, "new-" + std::to_string(n), "x"));
      steps += steps_of(in);
      accepted += sent.get().ok() ? 1 : 0;
    }
    costs.push_back(static_cast<double>(steps) / 200);
    EXPECT_GT(accepted, clients > 1000 ? 190U : 100U) << clients;
    EXPECT_LT(costs.back(), 40) << clients;
  }
  EXPECT_LT(costs[1], costs[0] * 2);
}

TEST_F(MemoryCost, N18_the_oldest_go_first_to_a_sixteenth_of_their_age_and_no_more_than_needed) {
  options how;
  how.limits.memory_bytes = std::uint64_t{3} << 19;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    world in{how, seed};
    std::map<std::string, std::pair<trace_id, instant>> delivered;
    for (std::size_t n = 0; n < 600; ++n) {
      const auto to = name(n % 150); // four records of each client, far apart
      const auto sent = in.outcome_of(in.server().put(text_to(to, std::string(3000, 'x'), 10h)));
      ASSERT_TRUE(sent.ok());
      in.server().drain(to);
      in.settle();
      delivered[std::to_string(n)] = {sent->trace, in.now()};
      in.pass(7s);
    }
    const auto now = in.now();
    std::vector<instant> gone;
    std::vector<instant> kept;
    for (const auto& [n, one] : delivered) {
      const auto state = in.outcome_of(in.server().status(one.first)).code();
      (state == errc::none ? kept : gone).push_back(one.second);
    }
    ASSERT_FALSE(gone.empty());
    const auto youngest_gone = now - *std::ranges::max_element(gone);
    const auto oldest_kept = now - *std::ranges::min_element(kept);
    EXPECT_GE(youngest_gone.count(), oldest_kept.count() / 16 * 14) << "seed " << seed;
    const auto used = in.broker().stats().memory_bytes;
    EXPECT_GT(used, how.limits.memory_bytes / 16 * 13) << "seed " << seed;
  }
}

TEST_F(MemoryCost, N18_one_namespace_at_its_limit_is_felt_by_nobody_else) {
  options how;
  how.limits.namespace_memory_bytes = std::uint64_t{1} << 20;
  world in{how};
  leave_records(in, 20, "calm"); // the oldest there are
  put_steps(in, "bob", "calm");  // this put makes the client bob
  const auto calm = put_steps(in, "bob", "calm");
  in.pass(1min);
  leave_records(in, 200, "full");
  std::size_t refused = 0;
  for (std::size_t n = 0; n < 600; ++n) {
    auto one = in.outcome_of(in.server().put(put_in("full", "new-" + std::to_string(n), "x")));
    refused += one.ok() ? 0 : 1;
    if (n % 20 == 0) {
      EXPECT_EQ(put_steps(in, "bob", "calm"), calm);
    }
  }
  EXPECT_GT(refused, 100U);              // full of waiting notifications
  for (std::size_t n = 0; n < 20; ++n) { // and the records of the others are all there
    auto put = put_in("calm", name(n), "x");
    in.outcome_of(in.server().put(put));
  }
  EXPECT_EQ(in.outcome_of(in.server().list_clients({.ns = "calm"}))->total, 21U);
}

TEST_F(MemoryCost, N18_nothing_that_waits_is_lost_at_the_limit) {
  options how;
  how.limits.memory_bytes = std::uint64_t{1} << 20;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    world in{how, seed};
    std::mt19937_64 random{seed};
    std::map<std::string, packs> wanted;
    for (std::size_t n = 0; n < 600; ++n) {
      const auto to = name(random() % 80);
      const auto pack = std::to_string(n) + std::string(random() % 3000, 'x');
      if (random() % 4 == 0) {
        const auto taken = in.outcome_of(in.server().drain(to));
        ASSERT_TRUE(taken.ok());
        EXPECT_EQ(packs_of(taken->notifications), std::exchange(wanted[to], {}));
      } else if (in.outcome_of(in.server().put(text_to(to, pack, 1h))).ok()) {
        wanted[to].push_back(pack);
      }
    }
    for (auto& [to, all] : wanted)
      EXPECT_EQ(packs_of(in.outcome_of(in.server().drain(to))->notifications), all);
    EXPECT_LE(in.broker().stats().memory_bytes,
              how.limits.memory_bytes + 80 * (actor_cost_bytes + 64));
  }
}

TEST_F(MemoryCost, N19_nothing_is_left_of_where_the_records_were) {
  options how;
  how.limits.memory_bytes = std::uint64_t{512} << 10;
  world in{how, 7};
  const auto start = in.broker().stats();
  leave_records(in, 300);
  leave_records(in, 300, "other");
  in.pass(2h); // all remaining records have expired
  EXPECT_EQ(in.broker().stats().clients, 0U);
  EXPECT_EQ(in.broker().stats().memory_bytes, start.memory_bytes);
}

class MemoryCostKept : public JournalWorld {};

TEST_F(MemoryCostKept, N18_D1_what_made_room_is_gone_from_the_disk_and_what_waits_is_not) {
  how.limits.memory_bytes = std::uint64_t{1} << 20;
  std::vector<trace_id> delivered;
  for (std::size_t n = 0; n < 500; ++n) {
    const auto sent = of(server().put(text_to(name(n), std::string(500, 'x'), 10h)));
    ASSERT_TRUE(sent.ok()) << n;
    delivered.push_back(sent->trace);
    drain(name(n));
  }
  put(text_to("bob", "waits", 10h));
  std::vector<errc> before;
  for (const auto& trace : delivered)
    before.push_back(status_code(trace));
  EXPECT_GT(std::ranges::count(before, errc::not_found), 100);
  EXPECT_GT(std::ranges::count(before, errc::none), 50);
  crash();
  std::vector<errc> after;
  for (const auto& trace : delivered)
    after.push_back(status_code(trace));
  EXPECT_EQ(after, before);
  EXPECT_EQ(drain("bob"), packs{"waits"});
  for (std::size_t n = 0; n < 300; ++n) // the age of restored records is known again
    EXPECT_TRUE(of(server().put(text_to("new-" + std::to_string(n), "x", 10h))).ok()) << n;
}

} // namespace
} // namespace restante::testing
