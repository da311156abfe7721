#pragma once

#include "restante/messages/describe.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

// How CAF 0.17 saves and loads messages: one function visits the members for both. No header of CAF
// is needed, because templates recognise an inspector by its members. CAF saves and loads an
// enumeration by itself, as a number.

namespace restante {

/// Visits each member that the description of a message lists.
template <class Inspector, described T>
auto inspect(Inspector& f, T& x) {
  return with_members(x, [&f](auto&... members) { return f(members...); });
}

/// Visits the number of the alternative, and then the alternative. An unknown number leaves the
/// first alternative, empty. It is no error, because the number comes from a trusted peer.
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

/// Visits a value whose stored form is a `Plain`: `get` makes the stored form when saving, `set`
/// takes it when loading.
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
