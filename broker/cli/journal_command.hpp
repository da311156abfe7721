#pragma once

#include "restante/actors/model/store.hpp"
#include "restante/broker/cli/exit_code.hpp"
#include "restante/broker/cli/screen.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace restante::cli {

/// The flags that the commands of `restante journal` share.
struct journal_flags {
  std::string from; ///< DIR or FILE: the source
  std::string to;   ///< destination of a backup, a restore or a repair
  std::uint32_t slots = 0;
  bool overwrites = false;
  bool json = false;
};

/// The slot in which the broker looks for a client.
slot_number slot_of(const client_address& who, std::uint32_t slots,
                    const std::array<std::uint8_t, 16>& key);

/// The error of a command, in a line that names the directory.
command_failed failure_of(const journal_flags& how, const journal::storage_error& why);

/// Turns the errors of a journal into command_failed.
template <class Work>
exit_code work_on(const journal_flags& how, Work work) {
  try {
    return work();
  } catch (const journal::storage_error& why) {
    throw failure_of(how, why);
  }
}

/// Prints a name and a number in columns.
void print_figure(screen& to, std::string name, std::uint64_t value);

/// The commands that write: `backup`, `restore` and `repair`.
exit_code backup_journal(const journal_flags& how, screen& to);
exit_code restore_journal(const journal_flags& how, screen& to);
exit_code repair_journal(const journal_flags& how, screen& to);

} // namespace restante::cli
