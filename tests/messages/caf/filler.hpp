#pragma once

#include "restante/actors/protocol/caf_config.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace restante::testing {

/// A message that is one thing out of several, with or without a number.
template <class T>
concept has_alternatives = requires(T& x) {
  std::variant_size<decltype(x.what)>::value;
};

/// Gives every field of a message a value of its own, walking it as a deserializer would.
/// `which` draws the alternatives: counted up, all of them come by.
class filler {
public:
  explicit filler(std::size_t which = 0) : which_{which} {}

  static constexpr bool reads_state = false;
  static constexpr bool writes_state = true;

  template <class... Fields>
  bool operator()(Fields&... fields) {
    (fill(fields), ...);
    return true;
  }

  template <class T>
  void fill(T& x) {
    if constexpr (std::is_enum_v<T>)
      x = static_cast<T>(1);
    else if constexpr (std::is_integral_v<T>)
      x = static_cast<T>(++last_);
    else if constexpr (std::is_same_v<T, duration>)
      x = duration{++last_};
    else if constexpr (std::is_same_v<T, std::string>)
      x = "text " + std::to_string(++last_);
    else
      fill_all(x);
  }

private:
  template <class T>
  void fill_all(std::vector<T>& all) {
    all.resize(2);
    for (auto& one : all)
      fill(one);
  }
  template <class... Ts>
  void fill_all(std::variant<Ts...>& x) {
    const auto wanted = which_ % sizeof...(Ts);
    which_ /= sizeof...(Ts);
    std::size_t at = 0;
    const auto choose = [&]<class T>(T made) {
      if (at++ != wanted)
        return;
      fill(made);
      x = std::move(made);
    };
    (choose(Ts{}), ...);
  }
  template <class T>
  void fill_all(T& x) {
    if constexpr (has_alternatives<T>) {
      if constexpr (requires { x.op; })
        fill(x.op);
      fill(x.what);
    } else {
      inspect(*this, x);
    }
  }

  std::size_t which_;
  int last_ = 100; ///< beyond what is a default somewhere
};

template <class T>
T filled(std::size_t which = 0) {
  T made{};
  filler{which}.fill(made);
  return made;
}

using stored_bytes = caf::binary_serializer::container_type;

template <class T>
stored_bytes saved(caf::actor_system& system, T what) {
  stored_bytes bytes;
  caf::binary_serializer sink{system, bytes};
  EXPECT_FALSE(sink(what)) << typeid(T).name();
  return bytes;
}

/// Saves and loads `sent`, which must come out as it went in, to its last byte.
template <class T>
void expect_round_trip(caf::actor_system& system, const T& sent) {
  const auto bytes = saved(system, sent);
  T got{};
  caf::binary_deserializer source{system, bytes};
  ASSERT_FALSE(source(got)) << typeid(T).name();
  EXPECT_EQ(source.remaining(), 0u) << typeid(T).name();
  EXPECT_TRUE(got == sent) << typeid(T).name();
}

} // namespace restante::testing
