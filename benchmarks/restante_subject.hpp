#pragma once

#include "restante/benchmarks/subject.hpp"

#include <cstddef>
#include <memory>

/// Restante as a subject: through the embedding API only, as a program would use it that has
/// a broker inside.
namespace restante::benchmarks {

/// Operations that one session has under way; a program that hands in more than it reads
/// answers for is told `overloaded` sooner or later, so it has to bound them.
inline constexpr std::size_t under_way_max = 8'192;

/// A fresh broker with the defaults, but for the bound on memory: what is measured keeps
/// more. It needs no telling how much is coming.
std::unique_ptr<subject> make_restante_subject(std::size_t expected_notifications);

} // namespace restante::benchmarks
