#pragma once

#include "restante/messages/body.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <string>

namespace restante::cli {

/// The whole content of a file, or of standard input for `-`. One line end at the end is removed,
/// because `echo` adds one. Throws command_failed (usage) when the text cannot be read or is longer
/// than `most`.
std::string text_in(const std::string& path, std::size_t most);

/// A pack, reply, payload or message from the command line.
struct given_value {
  std::string name; ///< `PACK`, as the help spells it
  std::string text; ///< `-` is standard input
  bool is_json = false;
};

/// Adds a positional argument. Also adds the flag that declares the argument to be JSON, if
/// `json_flag` is not empty.
void add_value(CLI::App& app, given_value& into, const std::string& name,
               const std::string& json_flag, bool is_required);

/// The value as JSON: a string that contains the text, or the compact form of the given JSON.
/// Throws command_failed (usage) when the text is neither valid text nor valid JSON.
body json_of(const given_value& from);

/// The text as bytes: ephemeral payloads are not JSON.
body bytes_of(const given_value& from);

} // namespace restante::cli
