#pragma once

#include "restante/messages/instant.hpp"

#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

namespace restante {

/// An inspector of CAF 1.x, as opposed to one of 0.17. Both are told apart by their
/// shape, so that messages compile without any CAF header.
template <class Inspector>
concept modern_inspector = requires {
  Inspector::is_loading;
};

/// A named member of a message, as the inspectors of CAF 1.x want it.
template <class T>
struct named_field {
  const char* name;
  T& value;
};

template <class T>
named_field<T> field(const char* name, T& value) {
  return {name, value};
}

/// Walks the members of a message struct, the same way for saving and loading.
template <class Inspector, class T, class... Fields>
auto inspect_fields(Inspector& f, [[maybe_unused]] T& x, named_field<Fields>... fields) {
  if constexpr (modern_inspector<Inspector>) {
    return f.object(x).fields(f.field(fields.name, fields.value)...);
  } else {
    return f(fields.value...);
  }
}

/// Walks a value whose stored form is a plain one of type `Plain`: `get` reads it
/// when saving, `set` takes it when loading.
template <class Plain, class Inspector, class T, class Get, class Set>
auto inspect_as(Inspector& f, [[maybe_unused]] T& x, Get get, Set set) {
  if constexpr (modern_inspector<Inspector>) {
    if constexpr (Inspector::is_loading) {
      Plain plain{};
      const bool ok = f.object(x).fields(f.field("value", plain));
      return ok && (set(std::move(plain)), true);
    } else {
      Plain plain = get();
      return f.object(x).fields(f.field("value", plain));
    }
  } else {
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
}

/// Walks some members and, behind them, a variant. CAF 1.x does that by itself; CAF 0.17 is
/// shown the number of the alternative, and that. A number that is none leaves the first
/// alternative, empty: it comes from a peer that is trusted.
template <class Inspector, class T, class... Ts, class... Before>
auto inspect_variant(Inspector& f, T& x, named_field<std::variant<Ts...>> last,
                     named_field<Before>... before) {
  if constexpr (modern_inspector<Inspector>) {
    return inspect_fields(f, x, before..., last);
  } else if constexpr (Inspector::reads_state) {
    auto index = static_cast<std::uint8_t>(last.value.index());
    return std::visit([&](auto& it) { return f(before.value..., index, it); }, last.value);
  } else {
    std::uint8_t index = 0;
    if (auto wrong = f(before.value..., index))
      return wrong;
    last.value = std::variant<Ts...>{};
    auto result = f();
    std::size_t at = 0;
    const auto load = [&]<class Alternative>(Alternative value) {
      if (at++ != index)
        return;
      result = f(value);
      last.value = std::move(value);
    };
    (load(Ts{}), ...);
    return result;
  }
}

/// Enumerations are saved as their number. CAF 0.17 does that by itself and must not
/// be given an `inspect`; CAF 1.x wants one, hence the constraint.
template <modern_inspector Inspector, class Enum>
requires(std::is_enum_v<Enum>) bool inspect(Inspector& f, Enum& x) {
  using number = std::underlying_type_t<Enum>;
  auto get = [&x] { return static_cast<number>(x); };
  auto set = [&x](number value) { return x = static_cast<Enum>(value), true; };
  return f.apply(get, set);
}

template <class Inspector>
auto inspect(Inspector& f, instant& x) {
  return inspect_fields(f, x, field("ns", x.ns));
}

} // namespace restante
