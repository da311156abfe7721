#pragma once

#include "restante/messages/body.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <string>

namespace restante::cli {

/// All that is in a file, or, for `-`, comes on standard input; one line end behind it is left
/// out, for the sake of `echo`. Throws command_failed (usage) when it cannot be read or is longer
/// than `most`.
std::string text_in(const std::string& path, std::size_t most);

/// A pack, reply, payload or message as somebody gave it.
struct given_value {
  std::string name; ///< `PACK`, as the help spells it
  std::string text; ///< - : standard input
  bool is_json = false;
};

/// Adds a positional argument and, if `json_flag` is not empty, the flag that says it is JSON.
void add_value(CLI::App& app, given_value& into, const std::string& name,
               const std::string& json_flag, bool is_required);

/// The value as JSON: a string of the text, or the compact form of what is JSON already.
/// Throws command_failed (usage) when it is neither.
body json_of(const given_value& from);

/// The text as bytes: ephemeral payloads are no JSON.
body bytes_of(const given_value& from);

} // namespace restante::cli
