// Many operations are in progress at the same time: the script does not wait between them,
// connections are cut in the middle of their work, and the schedule is random. There is no
// reference for such a run, but some invariants must hold in every case.

#include "restante/broker/testing/world.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace restante::testing {

namespace {

using namespace std::chrono_literals;

std::uint64_t seeds() {
  const char* text = std::getenv("RESTANTE_SEEDS");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 200;
}

/// A topic as a subscriber sees it, and whether the stream ever contradicted itself.
struct picture {
  std::map<std::string, std::string> owners;
  epoch_number epoch = 0;
  std::uint64_t seq = 0;
  std::string fault;

  void begin(const entries_view& from) {
    owners.clear();
    for (const auto& entry : from.entries)
      owners[entry.key] = entry.client;
    epoch = from.epoch;
    seq = from.seq;
  }

  void apply(const topic_events& told) {
    const auto& batch = told.batch();
    if (batch.epoch != epoch)
      fault = "an event of another epoch";
    for (const auto& event : batch.events) {
      if (event.seq != seq + 1)
        fault = "a gap or a repeat at " + std::to_string(event.seq);
      seq = event.seq;
      if (event.kind == event_kind::set)
        owners[event.key] = event.client;
      if (event.kind == event_kind::clear && owners.erase(event.key) == 0) {
        fault = "a second clear of " + event.key;
      }
    }
  }
};

class storm {
public:
  explicit storm(std::uint64_t seed)
      : random_{seed}, bounds_{bounds_of(seed)}, world_{bounds_, seed} {}

  void run() {
    for (int n = 0; n < 250; ++n) {
      act();
      // Seldom enough steps for the broker to become idle: the next action mostly interrupts it.
      for (auto steps = random_() % 12; steps > 0; --steps)
        world_.step();
    }
    check_pictures();
    leave();
    check_notifications();
    check_nothing_is_left();
  }

private:
  struct sent {
    answer<put_receipt> receipt;
    std::string from;
    std::string to;
    int number;
  };

  struct attached {
    client who;
    std::map<std::string, answer<entries_view>> subscribed;
  };

  static options bounds_of(std::uint64_t seed) {
    options how;
    if (seed % 2 == 0)
      how.limits.queue_length = 3;
    how.slots = 1 + seed % 3;
    how.route_bits = seed % 5 == 0 ? 1 : trace_id::route_bits;
    return how;
  }

  std::string one_of(const std::vector<std::string>& names) {
    return names[random_() % names.size()];
  }

  void act() {
    const auto name = one_of({"ada", "bob", "cyd"});
    const auto found = here_.find(name);
    if (found == here_.end() || random_() % 20 == 0) {
      connect(name);
      return;
    }
    auto& link = found->second.who.link();
    const auto topic = one_of({"room", "hall"});
    switch (random_() % 12) {
    case 0:
      link.cut();
      gone_.push_back(std::move(here_.extract(name).mapped()));
      break;
    case 1:
      link.disconnect();
      gone_.push_back(std::move(here_.extract(name).mapped()));
      break;
    case 2:
      world_.pass(duration{random_() % 3'000'000});
      break;
    case 3:
      subscribe(found->second, topic);
      break;
    case 4:
    case 5:
      link.set(topic, one_of({"a", "b", "c"}), {}, random_() % 2 ? 1ms : 1h);
      break;
    case 6:
      link.clear(topic, one_of({"a", "b", "c"}));
      break;
    default:
      put(link, name);
      break;
    }
  }

  void connect(const std::string& name) {
    if (auto before = here_.extract(name))
      gone_.push_back(std::move(before.mapped()));
    connect_options who{.client = name};
    who.max_inflight = 1 + static_cast<std::uint32_t>(random_() % 4);
    here_.emplace(name, attached{world_.connect_unsettled(std::move(who)), {}});
  }

  void subscribe(attached& by, const std::string& topic) {
    by.subscribed.try_emplace(topic, by.who.link().subscribe(topic));
  }

  void put(connection& link, const std::string& from) {
    const auto to = one_of({"ada", "bob", "cyd", "dan"});
    const auto number = ++last_number_;
    auto pack = body::bytes(from + ":" + std::to_string(number));
    put_request what{.to = to, .pack = std::move(pack), .ttl = random_() % 8 ? 1h : 1ms};
    sent_.push_back({link.put(std::move(what)), from, to, number});
  }

  /// The subscribers' view equals the real state.
  void check_pictures() {
    world_.settle();
    for (auto& [name, by] : here_) {
      for (auto& [topic, snapshot] : by.subscribed) {
        if (!snapshot.is_ready() || !snapshot.get())
          continue;
        picture seen;
        const auto first = snapshot.get();
        seen.begin(*first);
        for (const auto& one : by.who.seen().pushes) {
          const auto* events = std::get_if<topic_events>(&one);
          if (events != nullptr && events->batch().at.topic == topic)
            seen.apply(*events);
        }
        EXPECT_EQ(seen.fault, "") << name << " at " << topic;
        std::map<std::string, std::string> truth;
        const auto listed = world_.server().list(topic).get();
        for (const auto& entry : listed->entries) {
          truth[entry.key] = entry.client;
        }
        EXPECT_EQ(seen.owners, truth) << name << " at " << topic;
      }
    }
  }

  void leave() {
    for (auto& [name, by] : here_) {
      by.who.link().disconnect();
      gone_.push_back(std::move(by));
    }
    here_.clear();
    world_.settle();
  }

  /// Every accepted notification is delivered, still queued, evicted, or expired; and every
  /// delivery of it has a higher attempt than the delivery before.
  void check_notifications() {
    std::map<trace_id, std::uint32_t> attempts;
    for (const auto& one : gone_) {
      for (const auto& given : one.who.seen().deliveries()) {
        auto& last = attempts[given.trace];
        EXPECT_GT(given.attempts, last) << to_string(given.trace);
        last = given.attempts;
      }
    }
    std::set<trace_id> evicted;
    for (const auto& one : sent_) {
      if (one.receipt.is_ready() && one.receipt.get())
        evicted.insert(one.receipt.get()->evicted);
    }
    std::set<trace_id> queued;
    for (const auto* target : {"ada", "bob", "cyd", "dan"}) {
      const auto drained = world_.server().drain(target).get();
      for (const auto& one : drained->notifications) {
        EXPECT_TRUE(queued.insert(one.trace).second);
      }
    }
    std::size_t missing = 0;
    for (const auto& one : sent_) {
      if (!one.receipt.is_ready() || !one.receipt.get())
        continue; // was never accepted
      const auto receipt = *one.receipt.get();
      const bool is_expired = world_.now() > receipt.expires_at;
      const auto status = world_.server().status(receipt.trace).get();
      if (evicted.contains(receipt.trace) || is_expired) {
        EXPECT_EQ(status.code(), errc::not_found);
        continue;
      }
      if (!status) {
        ++missing;
        continue;
      }
      EXPECT_TRUE(status->notification.delivered());
      if (!queued.contains(receipt.trace)) {
        EXPECT_GT(attempts[receipt.trace], 0U) << "delivered to nobody";
      }
    }
    // A sender that was cut off is never told of evictions by its last puts, but the broker counts
    // them.
    evicted.erase(trace_id{});
    EXPECT_LE(missing, world_.broker().stats().evicted - evicted.size()) << "lost";
  }

  void check_nothing_is_left() {
    gone_.clear();
    world_.pass(25h);
    const auto seen = world_.broker().stats();
    EXPECT_EQ(seen.clients, 0U);
    EXPECT_EQ(seen.topics, 0U);
    EXPECT_EQ(seen.connections, 0U);
    EXPECT_EQ(seen.crashes, 0U);
    EXPECT_EQ(seen.actors, 2 * bounds_.slots + 1);
    EXPECT_EQ(seen.memory_bytes, actor_cost_bytes);
    EXPECT_FALSE(world_.next_alarm().has_value());
  }

  std::mt19937_64 random_;
  options bounds_;
  world world_;
  std::map<std::string, attached> here_;
  std::vector<attached> gone_;
  std::vector<sent> sent_;
  int last_number_ = 0;
};

} // namespace

TEST(Storm, C1_C2_E6_E10_E11_E12_N10_N11_whatever_is_cut_nothing_is_lost) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("RESTANTE_SEEDS=" + std::to_string(seed) + ", the last of them");
    storm{seed}.run();
    if (::testing::Test::HasFailure())
      break;
  }
}

} // namespace restante::testing
