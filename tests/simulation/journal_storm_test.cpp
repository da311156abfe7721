// A broker with a journal, with many operations under way at once on a random schedule, and crashes
// in the middle of its work. With odd seeds the disk sometimes fails too. In every case each
// answered operation is on the disk, and the restored state is in order.

#include "restante/broker/testing/memory_store.hpp"
#include "restante/broker/testing/world.hpp"
#include "restante/tests/support/history.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace restante::testing {

namespace {

using namespace std::chrono_literals;

constexpr int targets = 3;
constexpr std::uint32_t slots = 3;

class journal_storm {
public:
  explicit journal_storm(std::uint64_t seed)
      : random_{seed}, fails_{seed % 2 == 1}, told_{fails_ ? history::attempts::lagging
                                                           : history::attempts::raised},
        disk_{std::make_shared<journal::memory_disk>(journal::store_identity{slots, {}})},
        world_{how(), seed} {}

  std::vector<std::string> run() {
    for (int n = 0; n < 400; ++n) {
      act();
      for (auto steps = random_() % 10; steps > 0; --steps)
        world_.step();
    }
    crash();
    world_.settle();
    check_order();
    auto all = told_.faults();
    all.insert(all.end(), faults_.begin(), faults_.end());
    return all;
  }

  std::uint64_t puts() const { return told_.puts(); }
  std::uint64_t acks() const { return told_.acks(); }
  std::uint64_t replies() const { return told_.replies(); }

private:
  options how() {
    options made;
    made.slots = slots;
    made.log = [](std::string_view) {};
    made.limits.queue_length = 100'000;
    made.limits.delivered_length = 8;
    made.open_store = [this](const auto&) {
      return std::make_unique<journal::memory_store>(disk_);
    };
    return made;
  }

  static std::string name_of(int target) { return "target " + std::to_string(target); }

  void act() {
    const auto target = static_cast<int>(random_() % targets);
    const auto dice = random_() % 40;
    if (dice == 0) {
      crash();
    } else if (dice < 4) {
      come(target);
    } else if (dice < 6) {
      here_.erase(target);
    } else if (dice < 7 && fails_) {
      disk_->fail_next(1 + random_() % 3, journal::storage_fault::io);
    } else if (dice < 16) {
      acknowledge();
    } else if (dice < 20) {
      reply();
    } else {
      put(target);
    }
  }

  void crash() {
    here_.clear();
    handed_.clear();
    suits_.clear();
    world_.restart([this] {
      disk_->cut_off();
      disk_->fail_next(0, journal::storage_fault::io);
      journal::memory_store seen{disk_};
      const auto wrong = told_.faults_of(seen, slots);
      faults_.insert(faults_.end(), wrong.begin(), wrong.end());
      ++life_;
    });
  }

  /// Receives the answers of the present broker. Answers of a broker that has crashed have no
  /// meaning.
  void receive(std::uint64_t life, const std::string& line) {
    if (life == life_)
      told_.received(line);
  }

  void come(int target) {
    handlers how;
    how.on_notification = [this, target, life = life_](const offered_notification& m) {
      const std::string number{m.pack.view()};
      receive(life, "d " + number + " " + std::to_string(m.attempts));
      if (life == life_)
        handed_.push_back({target, m.trace, number});
    };
    here_.erase(target);
    here_.emplace(target, world_.broker().connect({.client = name_of(target),
                                                   .acks = ack_mode::explicit_by_peer,
                                                   .max_inflight = 4},
                                                  how));
  }

  void put(int target) {
    const auto number = std::to_string(++last_number_);
    put_request what{.to = name_of(target), .pack = body::bytes(number)};
    what.from = "sender 0";
    if (random_() % 3 == 0)
      what.kind = notification_kind::suit;
    receive(life_, "p " + std::to_string(target) + " 0 " + number);
    const bool is_suit = what.kind == notification_kind::suit;
    world_.server().put(what).then([this, number, is_suit, life = life_](const auto& outcome) {
      if (!outcome)
        return;
      receive(life, "P " + number);
      if (is_suit && life == life_)
        suits_.push_back({0, outcome->trace, number});
    });
  }

  void acknowledge() {
    if (handed_.empty())
      return;
    const auto which = handed_.begin() + static_cast<std::ptrdiff_t>(random_() % handed_.size());
    const auto one = *which;
    handed_.erase(which);
    const auto link = here_.find(one.target);
    if (link == here_.end())
      return;
    receive(life_, "k " + one.number);
    link->second.ack(one.trace).then([this, one, life = life_](const auto& outcome) {
      if (outcome && outcome->result == ack_result::in_time)
        receive(life, "K " + one.number);
    });
  }

  void reply() {
    if (suits_.empty())
      return;
    const auto one = suits_.back();
    suits_.pop_back();
    const auto value = std::to_string(random_() % 1000);
    receive(life_, "r " + one.number + " " + value);
    world_.server()
        .reply(one.trace, body::bytes(value))
        .then([this, one, value, life = life_](const auto& outcome) {
          if (outcome)
            receive(life, "R " + one.number + " " + value);
        });
  }

  /// The remaining notifications are delivered in the order of acceptance, each once.
  void check_order() {
    for (int target = 0; target < targets; ++target) {
      const auto drained = world_.outcome_of(world_.server().drain(name_of(target)));
      if (!drained) {
        faults_.push_back("a drain was refused: " + std::string{to_string(drained.code())});
        continue;
      }
      std::uint64_t last = 0;
      for (const auto& one : drained->notifications) {
        const auto number = std::stoull(std::string{one.pack.view()});
        if (number <= last)
          faults_.push_back("out of order: " + std::to_string(number));
        last = number;
      }
    }
  }

  struct notified {
    int target = 0;
    trace_id trace;
    std::string number;
  };

  std::mt19937_64 random_;
  bool fails_;
  history told_;
  std::shared_ptr<journal::memory_disk> disk_;
  std::uint64_t life_ = 1;
  std::uint64_t last_number_ = 0;
  std::vector<std::string> faults_;
  world world_;
  std::map<int, connection> here_;
  std::vector<notified> handed_;
  std::vector<notified> suits_;
};

TEST(JournalStorm, D1_D2_T1_what_was_answered_outlives_every_crash) {
  const char* text = std::getenv("RESTANTE_SEEDS");
  const auto seeds = text != nullptr ? std::strtoull(text, nullptr, 10) : 200;
  std::uint64_t puts = 0;
  std::uint64_t acks = 0;
  std::uint64_t replies = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    journal_storm storm{seed};
    ASSERT_EQ(storm.run(), std::vector<std::string>{}) << "seed " << seed;
    puts += storm.puts();
    acks += storm.acks();
    replies += storm.replies();
  }
  EXPECT_GT(puts, 50 * seeds);
  EXPECT_GT(acks, 5 * seeds);
  EXPECT_GT(replies, 5 * seeds);
}

} // namespace

} // namespace restante::testing
