#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace restante::simulation {

using script = std::vector<std::string>;

/// Whether a script still shows the fault.
using predicate = std::function<bool(const script&)>;

/// Removes lines from `from`, first in chunks and then one by one, as long as `fails` stays true
/// for the rest. The result fails, and no single line can be removed, unless the `tries` ran out.
/// `from` itself must fail.
script shrink(script from, const predicate& fails, std::size_t tries = 5'000);

} // namespace restante::simulation
