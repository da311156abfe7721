#include "restante/broker/core/owned_system.hpp"

#include "restante/actors/protocol/caf_config.hpp"
#include "restante/broker/api/configure.hpp"

namespace restante {

broker_core::owned_system::owned_system(std::size_t threads) {
  configure(config, threads);
  made = std::make_unique<caf::actor_system>(config);
  // Our actors are counted and ended by `stop`; no other actors live in this system.
  made->await_actors_before_shutdown(false);
}

std::vector<std::string> unfit_settings(const caf::actor_system_config& config) {
  std::vector<std::string> lines;
  const auto found = dialect::scheduler_of(config);
  if (found.policy != "sharing") {
    lines.push_back("scheduler.policy is " + found.policy +
                    ": `sharing` costs no CPU when idle, others poll");
  }
  if (found.max_throughput == 0 || found.max_throughput > 1000) {
    lines.push_back("scheduler.max-throughput is not bounded: one busy actor can starve others");
  }
  return lines;
}

} // namespace restante
