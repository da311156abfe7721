#pragma once

#include "restante/broker/cli/commands.hpp"

#include <cstdint>

namespace restante::cli {

/// Which events of a topic are printed.
enum class watched : std::uint8_t {
  keys,     ///< a snapshot, then each set and clear
  messages, ///< published messages
};

/// Adds the command `watch` to a family of commands.
void add_watch(CLI::App& family, chosen_command& chosen, watched what);

} // namespace restante::cli
