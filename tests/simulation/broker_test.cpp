// Compares the broker with the reference: random scripts, random schedules, every answer and every
// push; and nothing is left over at the end.
//
//   RESTANTE_SEEDS       how many seeds (default 200); 100000 on demand
//   RESTANTE_FIRST_SEED  where to begin (default 1): replays one with RESTANTE_SEEDS=1

#include "restante/broker/cli/demo/script.hpp"
#include "restante/broker/testing/memory_store.hpp"
#include "restante/messages/limits.hpp"
#include "restante/tests/simulation/generator.hpp"
#include "restante/tests/simulation/run_seed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace restante::simulation {

namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

restante::limits bounds_of(const limits& wanted) {
  restante::limits made;
  made.queue_length = static_cast<std::uint32_t>(wanted.queue_max);
  made.at_cap = wanted.rejects_at_cap ? cap_policy::reject : cap_policy::evict;
  made.keys_per_client = static_cast<std::uint32_t>(wanted.keys_per_client_max);
  made.delivered_length = static_cast<std::uint32_t>(wanted.delivered_max);
  return made;
}

using disk_ptr = std::shared_ptr<journal::memory_disk>;

demo::script_setup setup_of(std::uint64_t seed, const limits& bounds, const disk_ptr& disk) {
  demo::script_setup made;
  made.seed = seed;
  made.limits = bounds_of(bounds);
  made.log = [](std::string_view) {}; // of a journal whose disk was taken away
  if (bounds.has_journal) {
    made.open_store = [disk](const auto&) { return std::make_unique<journal::memory_store>(disk); };
  }
  return made;
}

bool is_crash(const std::string& line) {
  const auto request = json::parse(line, nullptr, false);
  return request.is_object() && request.value("op", json{}) == "crash";
}

/// The broker, driven by the script engine.
subject make_broker(std::uint64_t seed, const limits& bounds) {
  struct stage {
    stage(std::uint64_t seed, const limits& bounds)
        : played{setup_of(seed, bounds, disk),
                 [this](const std::string& line) { printed.push_back(line); }} {}

    disk_ptr disk = std::make_shared<journal::memory_disk>();
    std::vector<std::string> printed;
    demo::script played;
  };
  auto on = std::make_shared<stage>(seed, bounds);
  return {[on](const std::string& line) {
            on->printed.clear();
            if (is_crash(line)) {
              on->played.line("# a line that says nothing");
              on->played.restart([on] { on->disk->cut_off(); });
            } else {
              on->played.line(line);
            }
            return on->printed;
          },
          [on] {
            on->printed.clear();
            on->played.end();
            return on->printed;
          }};
}

bool lives_for_ever(const json& request) {
  const auto ttl = request.is_object() ? request.find("ttl_ms") : request.end();
  return request.is_object() && ttl != request.end() && ttl->is_number() &&
         ttl->get<double>() > 1e12;
}

/// Plays a script, disconnects all clients, lets a hundred years pass, and reports what is left
/// then: there should be no kept record, no key, no actor and no alarm (spec N19, E6, T3).
std::string leftovers(const script& lines, std::uint64_t seed, const limits& bounds) {
  const auto disk = std::make_shared<journal::memory_disk>();
  demo::script played{setup_of(seed, bounds, disk), [](const std::string&) {}};
  std::set<std::pair<std::string, std::string>> clients;
  for (const auto& line : lines) {
    const auto request = json::parse(line, nullptr, false);
    if (lives_for_ever(request))
      continue;
    if (request.is_object() && request.value("op", json{}) == "connect" &&
        request.value("client", json{}).is_string()) {
      const auto ns = request.value("ns", json(""));
      clients.emplace(ns.is_string() ? ns : "", request["client"]);
    }
    if (is_crash(line)) {
      played.restart([&] { disk->cut_off(); });
    } else {
      played.line(line);
    }
  }
  for (const auto& [ns, client] : clients) {
    played.line(json{{"op", "disconnect"}, {"ns", ns}, {"client", client}}.dump());
  }
  auto& world = played.world();
  world.pass(std::chrono::hours{24 * 365 * 100});

  const auto seen = world.broker().stats();
  std::string left;
  const auto expect_none = [&](const char* what, std::uint64_t found) {
    if (found != 0)
      left += std::string{what} + ": " + std::to_string(found) + "\n";
  };
  expect_none("connections", seen.connections);
  expect_none("clients", seen.clients);
  expect_none("topics", seen.topics);
  expect_none("waiting", seen.waiting);
  expect_none("crashes", seen.crashes);
  expect_none("alarms", world.next_alarm() ? 1 : 0);
  // The memory that an empty broker counts is that of its server identity.
  expect_none("bytes", seen.memory_bytes - actor_cost_bytes);
  return left;
}

/// Different bounds: small caps that are reached, the smallest caps possible, and the real caps.
limits bounds_for(std::uint64_t seed) {
  limits bounds;
  if (seed % 3 == 1)
    bounds = {.queue_max = 4, .keys_per_client_max = 5, .delivered_max = 6};
  if (seed % 3 == 2)
    bounds = {.queue_max = 1, .keys_per_client_max = 2};
  bounds.rejects_at_cap = seed % 5 == 4;
  return bounds;
}

class Simulation : public ::testing::Test {
protected:
  const std::uint64_t first = number_from("RESTANTE_FIRST_SEED", 1);
  const std::uint64_t count = number_from("RESTANTE_SEEDS", 200);
};

TEST_F(Simulation, T1_the_broker_does_what_the_reference_does) {
  for (auto seed = first; seed < first + count; ++seed) {
    const auto failed = run_seed(seed, bounds_for(seed), make_broker);
    if (failed) {
      FAIL() << failed->report("RESTANTE_FIRST_SEED=" + std::to_string(seed) +
                               " RESTANTE_SEEDS=1 build/plain/tests/tests_simulation "
                               "--gtest_filter=Simulation.T1*");
    }
  }
}

TEST_F(Simulation, D1_D2_T1_with_a_journal_and_crashes_it_does_the_same) {
  for (auto seed = first; seed < first + count; ++seed) {
    auto bounds = bounds_for(seed);
    bounds.has_journal = true;
    const auto failed = run_seed(seed, bounds, make_broker);
    if (failed) {
      FAIL() << failed->report("RESTANTE_FIRST_SEED=" + std::to_string(seed) +
                               " RESTANTE_SEEDS=1 build/plain/tests/tests_simulation "
                               "--gtest_filter=Simulation.D1*");
    }
  }
}

TEST_F(Simulation, N19_D1_T3_nothing_is_left_behind) {
  for (auto seed = first; seed < first + std::max<std::uint64_t>(count / 4, 1); ++seed) {
    auto bounds = bounds_for(seed);
    bounds.has_journal = seed % 2 == 0;
    const auto lines = generator{seed, bounds}.write(300);
    EXPECT_EQ(leftovers(lines, seed, bounds), "") << "seed " << seed;
    if (HasFailure())
      break;
  }
}

} // namespace

} // namespace restante::simulation
