#pragma once

#include <string>

namespace restante::serve {

struct serve_settings;

/// A file with every setting, its meaning and its default, all commented out: what is
/// installed as `restante.toml`.
std::string default_config();

/// A file with every setting as it is in `how`, and where it was given. `serve` takes it.
std::string config_in_force(const serve_settings& how);

/// Every setting as a row of a Markdown table: what stands in docs/operations.md.
std::string settings_markdown();

} // namespace restante::serve
