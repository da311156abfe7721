#pragma once

#include "restante/tests/simulation/exact_json.hpp"
#include "restante/tests/simulation/run_seed.hpp"

#include <functional>
#include <vector>

namespace restante::simulation {

/// Changes the output of one line, to try out whether that is noticed.
using tamper = std::function<void(std::vector<json>& output)>;

/// The reference in the broker's clothes: traces of 32 hex characters, numbers
/// as epochs, pushes of different sources shuffled by the seed. With a `tamper`
/// it has a fault.
make_subject make_echo(tamper fault = {});

} // namespace restante::simulation
