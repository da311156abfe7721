#pragma once

#include <functional>
#include <string_view>

namespace restante {

/// Writes lines to standard error as `restante: …`, in a thread that starts with the first line.
/// A caller never waits: lines that cannot be written are dropped.
std::function<void(std::string_view)> lines_to_stderr();

} // namespace restante
