#pragma once

#include <string>

namespace restante::serve {

struct serve_settings;

/// A file with every setting, its meaning and its default, all commented out. It is installed as
/// `restante.toml`.
std::string default_config();

/// A file with every setting as it is in `how`, and its source. `serve` can read the file.
std::string config_in_force(const serve_settings& how);

/// Every setting as a row of a Markdown table: the table in docs/operations.md.
std::string settings_markdown();

} // namespace restante::serve
