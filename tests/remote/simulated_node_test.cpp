// Nodes in CAF's simulated network: no sockets, and time that passes when it is told to.

#include "restante/actors/virtual_time.hpp"
#include "restante/tests/remote/places.hpp"

#if !RESTANTE_CAF_1

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

/// One of the systems: everything in it runs in the test's thread.
struct simulated_system {
  simulated_system() : system{prepare(config)} {
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
  caf::scheduler::test_coordinator& jobs() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }

  /// Runs until nobody has anything to do.
  bool settle() {
    bool did = false;
    while (jobs().try_run_once() || wires().try_exec_runnable() || wires().read_data() ||
           wires().try_accept_connection())
      did = true;
    return did;
  }

  caf::actor_system_config config;
  caf::actor_system system;
};

class SimulatedNode : public ::testing::Test {
protected:
  SimulatedNode() {
    here_.wires().prepare_connection(
        caf::io::accept_handle::from_int(1), caf::io::connection_handle::from_int(11),
        there_.wires(), "127.0.0.1", port, caf::io::connection_handle::from_int(22));
    office_.emplace(here_.system, options{});
    here_.settle();
    here_.jobs().inline_all_enqueues(); // what is asked of the network is waited for
    door_.emplace(*office_, node_options{.port = port});
    std::cerr << "published" << std::endl;
    from_.emplace(there_.system, eager("caf://127.0.0.1:" + std::to_string(port)));
  }

  void settle() {
    while (here_.settle() || there_.settle()) {
    }
  }

  simulated_system here_;
  simulated_system there_;
  std::optional<broker> office_;
  std::optional<node> door_;
  std::optional<remote> from_;
};

TEST_F(SimulatedNode, C3_begin) {
  EXPECT_EQ(door_->port(), port);
  recorder seen;
  auto bob = from_->connect({.client = "bob"}, seen.all());
  settle();
  EXPECT_EQ(seen.connects().size(), 1u);
}

} // namespace
} // namespace restante::testing

#endif
