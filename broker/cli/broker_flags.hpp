#pragma once

#include "restante/broker/cli/exit_code.hpp"
#include "restante/clients/cpp/remote_options.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <string>

namespace restante::cli {

/// The flags that all commands for a broker share.
struct broker_flags {
  std::string url;        ///< empty: RESTANTE_URL, else this machine
  std::string token;      ///< empty: from `token_file`, else RESTANTE_TOKEN
  std::string token_file; ///< - is standard input
  std::string ca_file;
  std::string ns;
  std::string as; ///< the client that asks; empty: the token's, else the operator
  double timeout = 10;
  bool json = false;
};

/// Adds `--url`, `--token`, `--token-file`, `--ca-file`, `--ns` and `--json`.
void add_broker_flags(CLI::App& app, broker_flags& into);

/// Adds `--timeout`, for commands in which the word has no other meaning.
void add_timeout_flag(CLI::App& app, broker_flags& into);

/// Adds `--as CLIENT`.
void add_as_flag(CLI::App& app, broker_flags& into, const std::string& help);

/// Adds `--json` alone.
void add_json_flag(CLI::App& app, bool& into);

/// Accepts a number of seconds: finite, at least `least`, and at most about thirty years.
CLI::Validator seconds_from(double least);

/// Refuses an empty value, which would count as not given: `--token "$UNSET"`.
CLI::Validator not_empty();

/// Accepts the 32 characters of a trace.
CLI::Validator a_trace();

std::chrono::milliseconds milliseconds_of(double seconds);

/// The address of the broker and the identity to use there, with only one attempt to connect.
/// Throws command_failed when a file cannot be read.
remote_options remote_options_of(const broker_flags& how);

/// Throws command_failed when the URL is invalid.
patience patience_of(const broker_flags& how);

/// A unique client name, so that no other client is taken over.
std::string made_up_client(const std::string& prefix);

} // namespace restante::cli
