#pragma once

#include "restante/broker/cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace restante::cli {

/// The part of `--help` after the commands: exit statuses, environment and pipes.
std::string help_footer();

/// Parses a command line and runs its command. Every error becomes one line on standard error.
/// Answers the exit status.
int run(CLI::App& app, const chosen_command& chosen, int argc, const char* const* argv);

/// The error line for an invalid command line, with the nearest valid word.
std::string complaint_of(const CLI::App& app, const CLI::ParseError& why);

} // namespace restante::cli
