#pragma once

#include "restante/broker/server/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace restante::serve {

/// The values in a TOML file. Throws settings_error: the file cannot be read or is no TOML,
/// has a key that is no setting, or a value of the wrong kind; each with its line.
std::vector<given_value> read_file(const std::string& path);

/// The same for text that stands in `path`.
std::vector<given_value> read_toml(std::string_view text, const std::string& path);

/// What the environment says.
struct environment_values {
  std::vector<given_value> values;
  std::string config; ///< RESTANTE_CONFIG: the file to read
};

/// The values among `NAME=value` strings up to a null, as in `environ`. Items of a list are
/// separated by commas. Throws settings_error for a RESTANTE_ variable that is no setting;
/// RESTANTE_JOBS and RESTANTE_SEEDS belong to scripts, RESTANTE_URL and RESTANTE_TOKEN to other
/// commands: they are passed over.
environment_values read_environment(const char* const* variables);

/// The value of a flag. Items of a list are separated by commas, or flags of their own.
given_value read_flag(const setting& what, const std::vector<std::string>& texts);

/// The complaint about the first flag that nobody knows. `known`: other flags there are.
settings_error unknown_flag(std::string_view flag, std::vector<std::string> known);

} // namespace restante::serve
