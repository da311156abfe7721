#pragma once

#include <functional>
#include <string_view>

namespace restante {

/// Receives every event of every topic as JSON bytes (spec E15). Called by the topic, so
/// it must be quick and may be called from several threads at once. False, or an
/// exception, means that it failed.
using publisher_hook =
    std::function<bool(std::string_view ns, std::string_view topic, std::string_view json)>;

/// Takes one line that an operator should know. May be called from any thread.
using log_hook = std::function<void(std::string_view line)>;

/// Makes a hook that never throws. If `log` is empty, the lines are dropped.
log_hook safe_log(log_hook log);

} // namespace restante
