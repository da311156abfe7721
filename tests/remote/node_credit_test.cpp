// A peer that is too slow costs a bounded amount of memory (spec E14).

#include "restante/messages/node.hpp"
#include "restante/tests/remote/test_servers.hpp"

#include <gtest/gtest.h>

#include <mutex>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

/// A sink that confirms nothing until the test tells it to.
class stuck_sink final : public sink {
public:
  struct kept {
    std::mutex mutex;
    std::weak_ptr<connection_endpoint> at;
    std::size_t unconfirmed = 0;
    std::uint64_t bytes = 0;
    bool is_stuck = true;
    std::vector<entries_view> snapshots;
    std::uint64_t last_seq = 0;
  };

  explicit stuck_sink(std::shared_ptr<kept> into) : into_{std::move(into)} {}

  void opened(const std::weak_ptr<connection_endpoint>& at) override { into_->at = at; }
  void attached(const connect_receipt&) override {}
  flow take(const push& what) override {
    const std::lock_guard lock{into_->mutex};
    into_->bytes += size_of(what);
    if (const auto* view = std::get_if<entries_view>(&what))
      into_->snapshots.push_back(*view);
    if (const auto* events = std::get_if<topic_events>(&what))
      into_->last_seq = events->batch().events.back().seq;
    if (!into_->is_stuck)
      return flow::taken;
    ++into_->unconfirmed;
    return flow::waiting;
  }
  void ended(const goodbye&) override {}

private:
  std::shared_ptr<kept> into_;
};

TEST(NodeCredit, E14_S8_W9_a_stuck_peer_costs_its_window_and_goes_on_with_a_snapshot) {
  options core;
  core.limits.output_bytes = 512 * 1024;
  node_server at{10s, core};
  remote from{eager(at.url())};
  const auto kept = std::make_shared<stuck_sink::kept>();
  auto bob = connected(from.connect({.client = "bob"}, std::make_unique<stuck_sink>(kept)));
  ASSERT_TRUE(bob.subscribe("room").get());
  auto ann = at.broker().connect({.client = "ann"});
  ASSERT_TRUE(ann.set("room", "k", body::bytes("state")).get());
  const auto before = at.broker().stats().memory_bytes;

  constexpr std::uint64_t event = 16 * 1024;
  constexpr std::uint64_t all = 1000; // 16 MiB
  std::uint64_t most = 0;
  const auto data = body::json("\"" + std::string(event - 2, 'x') + "\"");
  for (std::uint64_t i = 0; i < all; ++i) {
    ASSERT_TRUE(ann.publish("room", data).get());
    most = std::max(most, at.broker().stats().memory_bytes);
  }
  constexpr auto bound = node_window_bytes + 512 * 1024 + 256 * 1024; // and a batch
  EXPECT_LE(most - before, bound);
  // Output within the window may still be under way.
  EXPECT_TRUE(comes_true([&] {
    const std::lock_guard lock{kept->mutex};
    return kept->bytes > node_window_bytes / 2;
  })) << "it was not even tried";
  {
    const std::lock_guard lock{kept->mutex};
    EXPECT_LE(kept->bytes, bound);
    EXPECT_TRUE(kept->snapshots.empty());
  }
  // Other clients do not wait for the slow peer.
  EXPECT_TRUE(bob.pending().get());

  std::size_t done = 0;
  {
    const std::lock_guard lock{kept->mutex};
    kept->is_stuck = false;
    done = kept->unconfirmed;
  }
  kept->at.lock()->confirm(done);
  ASSERT_TRUE(comes_true([&] {
    const std::lock_guard lock{kept->mutex};
    return kept->snapshots.size() == 1;
  }));
  const auto view = kept->snapshots[0];
  EXPECT_EQ(view.reason, view_reason::resync);
  ASSERT_EQ(view.entries.size(), 1u);
  EXPECT_EQ(view.entries[0].payload, body::bytes("state"));
  EXPECT_EQ(view.seq, all + 1);
  ASSERT_TRUE(ann.set("room", "next").get());
  EXPECT_TRUE(comes_true([&] {
    const std::lock_guard lock{kept->mutex};
    return kept->last_seq == all + 2;
  }));
  EXPECT_TRUE(comes_true(
      [&] { return at.broker().stats().memory_bytes < before + node_window_bytes / 4; }));
}

TEST(NodeCredit, N11_S8_deliveries_to_a_stuck_peer_stop_at_its_window) {
  node_server at;
  remote from{eager(at.url())};
  const auto kept = std::make_shared<stuck_sink::kept>();
  auto bob = connected(
      from.connect({.client = "bob", .max_inflight = 8}, std::make_unique<stuck_sink>(kept)));
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(at.broker().server().put({.to = "bob"}).get());
  const auto has = [&](std::size_t n) {
    return comes_true([&] {
      const std::lock_guard lock{kept->mutex};
      return kept->unconfirmed == n;
    });
  };
  ASSERT_TRUE(has(8));
  kept->at.lock()->confirm(3);
  ASSERT_TRUE(has(11));
  EXPECT_EQ(bob.pending().get()->pending, 17u);
}

} // namespace
} // namespace restante::testing
