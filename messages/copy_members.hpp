#pragma once

#include "restante/messages/describe.hpp"

#include <boost/mp11/algorithm.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace restante {

/// Copies, or moves, each member that the descriptions of both structs list under one name and with
/// one type. The rest of `to` stays as it is.
template <class From, described To>
requires(described<std::remove_cvref_t<From>>) void copy_members(From&& from, To& to) {
  using source = std::remove_cvref_t<From>;
  boost::mp11::mp_for_each<members_of<To>>([&](auto into) {
    boost::mp11::mp_for_each<members_of<source>>([&](auto of) {
      using value = std::decay_t<decltype(to.*into.pointer)>;
      if constexpr (std::string_view{into.name} == of.name &&
                    std::is_same_v<value, std::decay_t<decltype(from.*of.pointer)>>)
        to.*into.pointer = std::forward<From>(from).*of.pointer;
    });
  });
}

} // namespace restante
