#pragma once

#include "restante/actors/protocol/caf.hpp"
#include "restante/messages/type_id_range.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace restante {

/// Prepares `config` for a broker: the scheduler's policy and throughput, and the message types.
/// Call it before the actor system is made. Options that are read from files later may override
/// these. Throws std::invalid_argument when the configuration has another type with the number or
/// the name of one of Restante's types.
void configure(caf::actor_system_config& config, std::size_t threads = 0);

/// Throws std::invalid_argument when a block of type ids uses a number of Restante's types. `first`
/// is the number of the first type in `names`, `caf::id_block::...::begin`.
void refuse_overlap(std::uint16_t first, const std::vector<std::string_view>& names);

/// Prepares `config` for a program with message types of its own, and adds these types too. This
/// header does not declare Restante's types, so a source that includes only this header compiles
/// with any block. An overlap is reported here, with the names of both types.
///
///     restante::configure<caf::id_block::mine>(config);
template <class IdBlock, class... More>
void configure(caf::actor_system_config& config, std::size_t threads = 0) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    refuse_overlap(IdBlock::begin, {caf::type_name_by_id<IdBlock::begin + I>::value...});
  }
  (std::make_index_sequence<IdBlock::end - IdBlock::begin>{});
  config.add_message_types<IdBlock>();
  if constexpr (sizeof...(More) > 0)
    configure<More...>(config, threads);
  else
    configure(config, threads);
}

} // namespace restante
