#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace restante {

/// A struct whose members are listed once, by `BOOST_DESCRIBE_STRUCT` directly behind the struct.
template <class T>
concept described = boost::describe::has_describe_members<T>::value;

namespace detail {

/// Converts to any type, so it can stand for any value in the braces of `T{…}`.
struct any_value {
  template <class T>
  operator T() const; // NOLINT(google-explicit-constructor)
};

/// Whether `T{…}` accepts as many values as there are indices.
template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires {
    T{(void(I), any_value{})...};
  };
}

template <class T, template <class...> class List, class... Members>
constexpr bool lists_all(List<Members...>) {
  constexpr auto size = sizeof...(Members);
  return takes<T>(std::make_index_sequence<size>{}) &&
         !takes<T>(std::make_index_sequence<size + 1>{});
}

template <template <class...> class List, class... Members>
constexpr decltype(auto) apply(auto& use, auto& x, List<Members...>) {
  return use(x.*Members::pointer...);
}

} // namespace detail

/// The descriptions of the members of `T`, in the order in which they are listed.
template <described T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public>;

/// Whether the description of `T` lists each of its members.
template <described T>
inline constexpr bool lists_all_members = detail::lists_all<T>(members_of<T>{});

/// Calls `use` with all members of `x`, in the order in which they are listed.
template <described T, class Use>
constexpr decltype(auto) with_members(T& x, Use use) {
  static_assert(lists_all_members<T>, "a member is missing in BOOST_DESCRIBE_STRUCT");
  return detail::apply(use, x, members_of<T>{});
}

} // namespace restante
