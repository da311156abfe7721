#pragma once

#include <memory>

namespace restante::serve {

/// A deleter that calls a function of a C library.
template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};

template <class T, auto Free>
using owned = std::unique_ptr<T, freed_by<Free>>;

} // namespace restante::serve
