#pragma once

#include "restante/messages/command.hpp"

#include <cstddef>

namespace restante {

/// About how many bytes an operation carries (spec §8).
std::size_t size_of(const command& what);

/// An operation counts as one; an operation with many targets counts as that many (spec §8).
std::size_t parts_of(const command& what);

/// The credit that an operation of a remote peer takes until it is answered.
struct operation_credit {
  std::size_t operations = 0;
  std::size_t bytes = 0;
};

/// The possible size of the answer counts too: otherwise requests of a few bytes could have
/// megabytes waiting for a peer that reads nothing. An awaited reply costs nothing: it may take
/// hours, and must not hold up operations that take microseconds.
operation_credit cost_of(const command& what);

} // namespace restante
