#pragma once

#include <cstddef>

namespace restante::testing {

/// While it exists, the next allocation of so many bytes or more on this thread fails, once:
/// what an actor's handler cannot rule out, made to happen in the one that a test chooses
/// by what it must allocate.
///
/// It stands in the place of `operator new` in the program that it is part of.
class scarce_memory {
public:
  explicit scarce_memory(std::size_t bytes);
  ~scarce_memory();
  scarce_memory(const scarce_memory&) = delete;
  scarce_memory& operator=(const scarce_memory&) = delete;

  bool has_struck() const;
};

} // namespace restante::testing
