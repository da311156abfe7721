#pragma once

#include "restante/broker/server/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace restante::serve {

/// The values in a TOML file. Throws settings_error when the file cannot be read or is not TOML,
/// when a key is not a setting, or when a value has the wrong type. Each error names the line.
std::vector<given_value> read_file(const std::string& path);

/// Parses `text` as the content of `path`. Values and errors are those of `read_file`.
std::vector<given_value> read_toml(std::string_view text, const std::string& path);

/// The settings in the environment.
struct environment_values {
  std::vector<given_value> values;
  std::string config; ///< RESTANTE_CONFIG: the file to read
};

/// The values among the `NAME=value` strings up to a null, as in `environ`. Commas separate the
/// items of a list. Throws settings_error for a RESTANTE_ variable that is not a setting.
/// RESTANTE_JOBS and RESTANTE_SEEDS belong to scripts, RESTANTE_URL and RESTANTE_TOKEN to other
/// commands: they are ignored.
environment_values read_environment(const char* const* variables);

/// The value of a flag. A list is given with commas, or with one flag per item.
given_value read_flag(const setting& what, const std::vector<std::string>& texts);

/// The error about an unknown flag. `known`: the other flags of the program.
settings_error unknown_flag(std::string_view flag, std::vector<std::string> known);

} // namespace restante::serve
