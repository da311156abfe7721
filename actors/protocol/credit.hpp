#pragma once

#include "restante/messages/command.hpp"

#include <cstddef>

namespace restante {

/// About how many bytes an operation carries (spec §8).
std::size_t size_of(const command& what);

/// How many operations an operation counts as: one, or one for each of its targets (spec §8).
std::size_t parts_of(const command& what);

/// The credit that an operation of a remote peer takes until it is answered.
struct operation_credit {
  std::size_t operations = 0;
  std::size_t bytes = 0;
};

/// The credit of an operation includes the possible size of its answer: otherwise requests of a few
/// bytes could make megabytes wait for a peer that reads nothing. An awaited reply costs nothing:
/// it may take hours, and must not hold up operations that take microseconds.
operation_credit cost_of(const command& what);

} // namespace restante
