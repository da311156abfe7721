#pragma once

#include "restante/tests/simulation/exact_json.hpp"
#include "restante/tests/simulation/run_seed.hpp"

#include <functional>
#include <vector>

namespace restante::simulation {

/// Changes the output of one line, to test whether the comparison notices.
using tamper = std::function<void(std::vector<json>& output)>;

/// The reference with output that looks like a broker's: traces of 32 hex characters, numbers as
/// epochs, and pushes of different sources shuffled by the seed. With a `tamper` it has a fault.
make_subject make_echo(tamper fault = {});

} // namespace restante::simulation
