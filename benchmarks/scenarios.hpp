#pragma once

#include "restante/benchmarks/subject.hpp"
#include "restante/benchmarks/suite.hpp"

namespace restante::benchmarks {

/// Adds every scenario for the baseline and, if there is a factory for Restante, for Restante. Each
/// scenario makes and destroys its own subject.
void add_scenarios(suite& to, const subject_factory& baseline, const subject_factory& restante);

} // namespace restante::benchmarks
