#pragma once

#include "restante/actors/protocol/caf.hpp"
#include "restante/actors/protocol/caf_error.hpp"
#include "restante/messages/type_ids.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

// The part of the dialect that is about configurations: option names and types differ, and
// CAF only prints a complaint about a wrong one.

namespace restante::dialect {

/// Adds Restante's message types, and the text of its errors. Throws std::invalid_argument
/// when the configuration has another type with the number or the name of one of them; adding
/// them again does nothing.
void add_message_types(caf::actor_system_config& config);

/// Restante's type with this number; empty where it has none.
std::string_view name_of_type_id(caf::type_id_t id);

/// The scheduler's settings as they are in force.
struct scheduler_settings {
  std::string policy;
  std::size_t max_throughput = 0; ///< 0: unbounded
};

inline void set_scheduler(caf::actor_system_config& config, const std::string& policy,
                          std::size_t max_throughput, std::size_t threads) {
#if RESTANTE_CAF_1
  config.set("caf.scheduler.policy", policy);
  config.set("caf.scheduler.max-throughput", max_throughput);
  config.set("caf.scheduler.max-threads", threads);
#else
  config.set("scheduler.policy", caf::atom_from_string(policy));
  config.set("scheduler.max-throughput", max_throughput);
  config.set("scheduler.max-threads", threads);
#endif
}

inline scheduler_settings scheduler_of(const caf::actor_system_config& config) {
#if RESTANTE_CAF_1
  const auto policy = caf::get_or(config, "caf.scheduler.policy", std::string{"stealing"});
  const auto most = caf::get_or(config, "caf.scheduler.max-throughput", std::size_t{0});
#else
  const auto policy =
      caf::to_string(caf::get_or(config, "scheduler.policy", caf::atom("stealing")));
  const auto most = caf::get_or(config, "scheduler.max-throughput", std::size_t{0});
#endif
  return {policy, most == std::numeric_limits<std::size_t>::max() ? 0 : most};
}

} // namespace restante::dialect
