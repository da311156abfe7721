#pragma once

#include "restante/broker/cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace restante::cli {

/// What `--help` says of exit statuses, environment and pipes below the commands.
std::string help_footer();

/// Parses a command line and runs what it asks for. Whatever is wrong becomes one line on
/// standard error. Answers the exit status.
int run(CLI::App& app, const chosen_command& chosen, int argc, const char* const* argv);

/// The line about a command line that was not understood, with the nearest word that would be.
std::string complaint_of(const CLI::App& app, const CLI::ParseError& why);

} // namespace restante::cli
