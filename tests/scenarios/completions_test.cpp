// Every operation is answered exactly once, however its connection ends (spec C7).

#include "restante/broker/testing/world.hpp"
#include "restante/tests/support/rights.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

put_notification put_to(std::string client) {
  put_notification m;
  m.to.client = std::move(client);
  return m;
}

trace_question about(const trace_id& trace) {
  trace_question asked;
  asked.trace = trace;
  return asked;
}

/// The number of answers to each operation.
class tally {
public:
  void ask(caller& at, command what) {
    const auto n = answers_->size();
    answers_->push_back(0);
    at.submit(std::move(what), [all = answers_, n](answer_value&&) { ++(*all)[n]; });
  }

  std::ptrdiff_t asked() const { return static_cast<std::ptrdiff_t>(answers_->size()); }
  std::ptrdiff_t answered(int times) const { return std::ranges::count(*answers_, times); }

private:
  std::shared_ptr<std::vector<int>> answers_ = std::make_shared<std::vector<int>>();
};

/// Connections of one client that connect, send operations, and end in every way.
class crowd {
public:
  crowd(world& of, std::uint64_t seed) : world_{of}, random_{seed} {
    put_request suit{.to = "alice", .kind = notification_kind::suit, .from = "alice"};
    suit_ = world_.outcome_of(world_.server().put(std::move(suit)))->trace;
  }

  void act() {
    switch (links_.size() < 2 ? 0 : draw(9)) {
    case 0:
      links_.push_back(world_.broker().connect(somebody()));
      break;
    case 1:
      any().cut();
      break;
    case 2:
      any().disconnect();
      break;
    case 3:
      any().change_rights(draw(2) == 0 ? nullptr : rights_of({.put = {"bob"}}));
      break;
    case 4:
      drop();
      break;
    default:
      for (auto n = draw(4); n > 0; --n)
        all_.ask(any(), something());
    }
    for (auto n = draw(8); n > 0 && world_.step(); --n) {
    }
    if (draw(20) == 0)
      world_.pass(1s);
  }

  void leave() {
    for (auto& one : links_)
      one.cut();
  }

  const tally& all() const { return all_; }

private:
  std::size_t draw(std::size_t n) { return random_() % n; }
  connection& any() { return links_[draw(links_.size())]; }

  void drop() {
    const auto which = links_.begin() + static_cast<std::ptrdiff_t>(draw(links_.size()));
    *which = std::move(links_.back());
    links_.pop_back();
  }

  connect_options somebody() {
    connect_options who{.client = "alice", .resume_window = draw(2) == 0 ? 0s : 3s};
    if (!links_.empty() && draw(3) > 0) {
      const auto& connected = any().connected();
      if (connected.is_ready() && connected.get())
        who.resume = connected.get()->resume;
    }
    return who;
  }

  command something() {
    const topic_address room{"", "room"};
    switch (draw(9)) {
    case 0:
      return set_entry{0, room, "k", {}, {}, 1s, 0};
    case 1:
      return subscribe_topic{0, room};
    case 2:
      return list_entries{0, room};
    case 3:
      return put_many{{"alice", "bob", ""}, {}};
    case 4:
      return await_reply{about(suit_), 1h};
    case 5:
      return get_status{about(suit_)};
    case 6:
      return watch_client{0, {"", "bob"}};
    default:
      return put_to("bob");
    }
  }

  world& world_;
  std::mt19937_64 random_;
  trace_id suit_;
  tally all_;
  std::vector<connection> links_;
};

TEST(Completions, C4_C7_cut_resumed_or_taken_over_each_operation_is_answered_once) {
  std::ptrdiff_t asked = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    world w{{}, seed};
    crowd people{w, seed};
    for (int i = 0; i < 60; ++i)
      people.act();
    people.leave();
    w.settle();
    w.pass(4s); // the last window is over
    ASSERT_EQ(people.all().answered(1), people.all().asked()) << "seed " << seed;
    asked += people.all().asked();
    EXPECT_EQ(w.broker().stats().connections, 0u) << "seed " << seed;
  }
  EXPECT_GT(asked, 5000);
}

TEST(Completions, C6_C7_a_stop_in_the_middle_answers_each_operation_once) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    world w{{}, seed};
    crowd people{w, seed};
    for (int i = 0; i < 30; ++i)
      people.act();
    if (seed % 3 == 0)
      w.broker().hurry();
    w.stop();
    for (int i = 0; i < 5; ++i)
      people.act(); // too late: refused at once
    ASSERT_EQ(people.all().answered(1), people.all().asked()) << "seed " << seed;
    EXPECT_EQ(w.broker().stats().actors, 0u) << "seed " << seed;
  }
}

TEST(Completions, C7_what_a_visitor_asked_is_answered_once_too) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    world w{{}, seed};
    tally all;
    {
      auto visit = w.broker().open_visitor({"", "alice"});
      for (std::uint64_t n = seed % 7; n > 0 && w.step(); --n) {
      }
      for (int i = 0; i < 20; ++i)
        all.ask(visit, put_to("bob"));
      all.ask(visit, set_entry{});
      for (std::uint64_t n = seed % 11; n > 0 && w.step(); --n) {
      }
    }
    if (seed % 2 == 0)
      w.stop();
    w.settle();
    EXPECT_EQ(all.answered(1), all.asked()) << "seed " << seed;
  }
}

} // namespace
} // namespace restante::testing
