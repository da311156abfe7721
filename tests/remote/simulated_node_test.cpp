// Nodes in CAF's simulated network: no sockets, and virtual time.

#include "restante/actors/protocol/virtual_time.hpp"
#include "restante/tests/remote/test_servers.hpp"

#include <caf/io/all.hpp>
#include <caf/io/network/test_multiplexer.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using caf::io::network::test_multiplexer;

constexpr auto ping = 10'000ms;
constexpr std::uint16_t port = 7468;

/// One of the actor systems. Everything in it runs in the test's thread.
struct simulated_system {
  simulated_system() : system{prepare(config)}, time{virtual_time::of(system)} {
    system.await_actors_before_shutdown(false);
  }

  static caf::actor_system_config& prepare(caf::actor_system_config& how) {
    configure(how, 1);
    virtual_time::configure(how);
    configure_node(how, ping);
    how.set("middleman.network-backend", caf::atom("testing"));
    how.set("middleman.manual-multiplexing", true);
    how.set("middleman.attach-utility-actors", true);
    return how;
  }

  test_multiplexer& wires() {
    return dynamic_cast<test_multiplexer&>(system.middleman().backend());
  }

  /// Callers block on requests to the network, so each request must be carried out at once.
  void do_all_at_once() {
    dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler()).inline_all_enqueues();
    wires().inline_next_runnables(1000);
  }

  /// Runs until no actor and no socket has work left. Returns whether there was any work.
  bool settle() {
    bool did = false;
    while (time->runnable() > 0 || wires().try_exec_runnable() || wires().read_data() ||
           wires().try_accept_connection()) {
      time->settle();
      did = true;
    }
    return did;
  }

  caf::actor_system_config config;
  caf::actor_system system;
  std::shared_ptr<virtual_time> time;
};

class SimulatedNode : public ::testing::Test {
protected:
  SimulatedNode() {
    here_.wires().prepare_connection(caf::io::accept_handle::from_int(1), broker_end,
                                     there_.wires(), "127.0.0.1", port, peer_end);
    broker_.emplace(here_.system, options{});
    here_.settle();
    here_.do_all_at_once();
    listener_.emplace(*broker_, node_options{.port = port});
    here_.wires().reset_inlining();
    from_.emplace(there_.system, eager("caf://127.0.0.1:" + std::to_string(port)));
    watcher_.emplace(broker_->connect({.client = "watcher"}, of_watcher_.all()));
    watcher_->subscribe("room");
    bob_.emplace(from_->connect({.client = "bob"}, of_bob_.all()));
    bob_->set("room", "k");
    settle();
  }

  ~SimulatedNode() override {
    bob_.reset();
    from_.reset();
    watcher_.reset();
    settle();
    here_.do_all_at_once();
    listener_.reset();
    broker_.reset();
    settle();
  }

  void settle() {
    while (here_.settle() || there_.settle()) {
    }
  }

  /// Advances the time of these systems, from alarm to alarm, until the condition is true; at most
  /// by `most`.
  template <class So>
  static duration pass(std::vector<simulated_system*> in, duration most, So so) {
    const auto began = in.front()->time->now();
    while (true) {
      for (bool did = true; did;) {
        did = false;
        for (auto* one : in)
          did = one->settle() || did;
      }
      auto* first = in.front();
      for (auto* one : in) {
        if (one->time->next_alarm() < first->time->next_alarm() && one->time->next_alarm())
          first = one;
      }
      const auto next = first->time->next_alarm();
      if (so() || !next || *next - began > most)
        return in.front()->time->now() - began;
      for (auto* one : in) {
        if (one != first)
          one->time->advance_to(*next);
      }
      first->time->ring_next();
    }
  }

  static constexpr auto never = [] { return false; };
  const caf::io::connection_handle broker_end = caf::io::connection_handle::from_int(11);
  const caf::io::connection_handle peer_end = caf::io::connection_handle::from_int(22);

  const leaks_of_caf are_not_ours_;
  simulated_system here_;
  simulated_system there_;
  recorder of_watcher_;
  recorder of_bob_;
  std::optional<broker> broker_;
  std::optional<node> listener_;
  std::optional<remote> from_;
  std::optional<connection> watcher_;
  std::optional<connection> bob_;
};

TEST_F(SimulatedNode, C3_idle_nodes_keep_each_other) {
  ASSERT_EQ(of_bob_.connects().size(), 1u);
  ASSERT_EQ(of_watcher_.events().size(), 1u);
  bob_->subscribe("elsewhere");
  pass({&here_, &there_}, 50s, never); // before the lease of the key ends
  EXPECT_EQ(of_watcher_.events().size(), 1u);
  EXPECT_TRUE(of_bob_.interruptions().empty());
}

TEST_F(SimulatedNode, C3_E6_a_frozen_peer_is_noticed_in_time) {
  pass({&here_, &there_}, 20s, never);
  const auto took = pass({&here_}, 50s, [&] { return of_watcher_.events().size() == 2; });
  EXPECT_EQ(of_watcher_.events()[1].reason, clear_reason::disconnect);
  EXPECT_LE(took, ping * 5 / 2);
  EXPECT_GE(took, ping * 2 - ping / 4);
  EXPECT_EQ(listener_->peers(), 0u);
}

TEST_F(SimulatedNode, C3_a_frozen_broker_is_noticed_in_time) {
  pass({&here_, &there_}, 20s, never);
  const auto took = pass({&there_}, 50s, [&] { return !of_bob_.interruptions().empty(); });
  EXPECT_EQ(of_bob_.interruptions().size(), 1u);
  EXPECT_LE(took, ping * 5 / 2);
  EXPECT_GE(took, ping * 2 - ping / 4);
}

TEST_F(SimulatedNode, C3_E6_a_killed_peer_is_noticed_at_once) {
  here_.wires().impl_ptr(broker_end)->io_failure(&here_.wires(), caf::io::network::operation::read);
  here_.settle();
  ASSERT_EQ(of_watcher_.events().size(), 2u);
  EXPECT_EQ(of_watcher_.events()[1].reason, clear_reason::disconnect);
  EXPECT_EQ(listener_->peers(), 0u);
}

} // namespace
} // namespace restante::testing
