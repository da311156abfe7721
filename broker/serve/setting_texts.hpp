#pragma once

#include <string>

namespace restante::serve {

/// A file with every setting, its meaning and its default, all commented out: what is
/// installed as `restante.toml`.
std::string default_config();

/// Every setting as a row of a Markdown table: what stands in docs/operations.md.
std::string settings_markdown();

} // namespace restante::serve
