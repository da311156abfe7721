#pragma once

#include <cstddef>

namespace restante::testing {

/// While this object exists, the next allocation on this thread of at least the given size fails,
/// once. An actor's handler cannot rule out such a failure. A test chooses the handler by the size
/// of its allocation.
///
/// The implementation replaces `operator new` of the program that it is linked into.
class scarce_memory {
public:
  explicit scarce_memory(std::size_t bytes);
  ~scarce_memory();
  scarce_memory(const scarce_memory&) = delete;
  scarce_memory& operator=(const scarce_memory&) = delete;

  bool has_struck() const;
};

} // namespace restante::testing
