#pragma once

#include "restante/broker/cli/exit_code.hpp"
#include "restante/broker/cli/screen.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace restante::cli {

/// Runs the chosen command: it prints, and answers the exit status. It may throw command_failed.
using chosen_command = std::function<int(screen&)>;

/// Each function adds a command, or a family of commands, to the program. The parsed command stores
/// itself in `chosen`, which must outlive the parsing.
void add_notify(CLI::App& app, chosen_command& chosen);
void add_listen(CLI::App& app, chosen_command& chosen);
void add_traces(CLI::App& app, chosen_command& chosen); ///< status, reply, await
void add_ephemeral(CLI::App& app, chosen_command& chosen);
void add_topic(CLI::App& app, chosen_command& chosen);
void add_clients(CLI::App& app, chosen_command& chosen);
void add_drain(CLI::App& app, chosen_command& chosen);
void add_bench(CLI::App& app, chosen_command& chosen);
void add_token(CLI::App& app, chosen_command& chosen);
void add_journal(CLI::App& app, chosen_command& chosen);
void add_settings(CLI::App& app, chosen_command& chosen); ///< check-config, default-config

/// Adds all commands that speak to a broker, and those that help to run one.
void add_client_commands(CLI::App& app, chosen_command& chosen);
void add_operator_commands(CLI::App& app, chosen_command& chosen);

/// Makes a parsed command the chosen one: `run` is called with the flags and the screen.
template <class Flags, class Run>
void choose(CLI::App& app, chosen_command& chosen, std::shared_ptr<Flags> how, Run run) {
  app.callback([&chosen, how = std::move(how), run] {
    chosen = [how, run](screen& to) { return static_cast<int>(run(*how, to)); };
  });
}

} // namespace restante::cli
