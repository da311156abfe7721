#include "restante/broker/api/configure.hpp"

#include "restante/actors/protocol/caf_config.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <thread>

namespace restante {

namespace {

/// How many messages an actor handles before other actors get their turn.
constexpr std::size_t scheduler_throughput = 100;

} // namespace

void configure(caf::actor_system_config& config, std::size_t threads) {
  const auto cores = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  dialect::add_message_types(config);
  // The sharing scheduler waits where the stealing scheduler polls. The bound on a turn keeps one
  // busy actor from starving the others and from blocking the shutdown.
  dialect::set_scheduler(config, "sharing", scheduler_throughput, threads != 0 ? threads : cores);
}

void refuse_overlap(std::uint16_t first, const std::vector<std::string_view>& names) {
  std::uint32_t id = first;
  for (const auto name : names) {
    if (id >= type_ids_begin && id < type_ids_end) {
      const auto ours = dialect::name_of_type_id(static_cast<std::uint16_t>(id));
      const auto whose = ours.empty() ? "a later type of Restante" : std::string{ours};
      throw std::invalid_argument{"type id " + std::to_string(id) + " is the number of " +
                                  std::string{name} + " and of " + whose +
                                  ": start your type id block at caf::first_custom_type_id"};
    }
    ++id;
  }
}

} // namespace restante
