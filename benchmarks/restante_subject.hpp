#pragma once

#include "restante/benchmarks/subject.hpp"

#include <cstddef>
#include <memory>

/// Restante as a subject. It uses the embedding API only, as a program with a broker inside does.
namespace restante::benchmarks {

/// Operations that one session may have under way. A program that sends more requests than it reads
/// answers is eventually told `overloaded`, so it has to bound its requests.
inline constexpr std::size_t under_way_max = 8'192;

/// A new broker with the default options, except for the memory bound, because the benchmarks keep
/// more notifications than the default allows. The broker needs no size hint.
std::unique_ptr<subject> make_restante_subject(std::size_t expected_notifications);

} // namespace restante::benchmarks
