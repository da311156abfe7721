#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace restante::simulation {

using script = std::vector<std::string>;

/// Whether a script still shows what one is after.
using predicate = std::function<bool(const script&)>;

/// Leaves lines out of `from`, first in chunks and then one by one, as long as
/// `fails` stays true of the rest. The result fails, and no single line of it
/// can go, unless the `tries` ran out. `from` itself must fail.
script shrink(script from, const predicate& fails, std::size_t tries = 5'000);

} // namespace restante::simulation
