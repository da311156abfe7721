#pragma once

#include <functional>
#include <string_view>

namespace restante {

/// Writes lines to standard error as `restante: …`, by a thread of its own that starts with the
/// first of them: a line that nobody reads is dropped and stops nobody.
std::function<void(std::string_view)> lines_to_stderr();

} // namespace restante
