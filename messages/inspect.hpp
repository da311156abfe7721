#pragma once

#include "restante/messages/describe.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

// How CAF 0.17 walks messages, the same way for saving and loading. No header of CAF is needed:
// inspectors are known by their shape. CAF walks enumerations by itself, as their number.

namespace restante {

/// Walks a message: each member that its description lists.
template <class Inspector, described T>
auto inspect(Inspector& f, T& x) {
  return with_members(x, [&f](auto&... members) { return f(members...); });
}

/// Walks the number of the alternative, and that. A number that is none leaves the first
/// alternative, empty: it comes from a peer that is trusted.
template <class Inspector, class... Ts>
auto inspect(Inspector& f, std::variant<Ts...>& x) {
  if constexpr (Inspector::reads_state) {
    auto index = static_cast<std::uint8_t>(x.index());
    return std::visit([&](auto& it) { return f(index, it); }, x);
  } else {
    std::uint8_t index = 0;
    if (auto wrong = f(index))
      return wrong;
    x = std::variant<Ts...>{};
    auto result = f();
    std::size_t at = 0;
    const auto load = [&]<class Alternative>(Alternative value) {
      if (at++ != index)
        return;
      result = f(value);
      x = std::move(value);
    };
    (load(Ts{}), ...);
    return result;
  }
}

/// Walks a value whose stored form is a plain one of type `Plain`: `get` reads it
/// when saving, `set` takes it when loading.
template <class Plain, class Inspector, class Get, class Set>
auto inspect_as(Inspector& f, Get get, Set set) {
  Plain plain{};
  if constexpr (Inspector::reads_state)
    plain = get();
  if constexpr (Inspector::writes_state) {
    auto result = f(plain);
    set(std::move(plain));
    return result;
  } else {
    return f(plain);
  }
}

} // namespace restante
