#pragma once

#include "restante/actors/protocol/caf.hpp"
#include "restante/actors/protocol/caf_error.hpp"
#include "restante/messages/type_ids.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

// Restante reads and changes CAF's configurations only here, because CAF only prints a complaint
// about an option with a wrong name or type.

namespace restante::dialect {

/// Adds Restante's message types, and the text of its errors. Throws std::invalid_argument
/// when the configuration has another type with the number or the name of one of them; adding
/// them again does nothing.
void add_message_types(caf::actor_system_config& config);

/// The name of Restante's type with this number; empty if there is none.
std::string_view name_of_type_id(caf::type_id_t id);

/// The scheduler's settings as they are in force.
struct scheduler_settings {
  std::string policy;
  std::size_t max_throughput = 0; ///< 0: unbounded
};

inline void set_scheduler(caf::actor_system_config& config, const std::string& policy,
                          std::size_t max_throughput, std::size_t threads) {
  config.set("scheduler.policy", caf::atom_from_string(policy));
  config.set("scheduler.max-throughput", max_throughput);
  config.set("scheduler.max-threads", threads);
}

inline scheduler_settings scheduler_of(const caf::actor_system_config& config) {
  const auto policy =
      caf::to_string(caf::get_or(config, "scheduler.policy", caf::atom("stealing")));
  const auto most = caf::get_or(config, "scheduler.max-throughput", std::size_t{0});
  return {policy, most == std::numeric_limits<std::size_t>::max() ? 0 : most};
}

} // namespace restante::dialect
