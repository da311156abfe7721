#pragma once

#include "restante/messages/command.hpp"

#include <cstddef>

namespace restante {

/// About how many bytes an operation carries (spec §8).
std::size_t size_of(const command& what);

/// Operations count as one, but one with many targets as that many (spec §8).
std::size_t parts_of(const command& what);

/// What an operation takes of the credit of whoever is elsewhere, until it is answered.
struct operation_credit {
  std::size_t operations = 0;
  std::size_t bytes = 0;
};

/// What an answer may be large by counts too: else requests of a few bytes could have
/// megabytes waiting for somebody who reads nothing. A reply may be awaited for hours, and
/// costs nothing: it must not hold up what takes microseconds.
operation_credit cost_of(const command& what);

} // namespace restante
