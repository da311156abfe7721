#pragma once

#include "restante/actors/protocol/caf_config.hpp"
#include "restante/messages/type_ids.hpp"

#include <boost/pfr/core.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace restante::testing {

/// Gives every field of a message a distinct value. It takes the fields from the struct itself and
/// uses neither `inspect` nor the description of the struct, because those are under test. `which`
/// selects the alternatives of variants: counting it up visits all of them.
class filler {
public:
  explicit filler(std::size_t which = 0) : which_{which} {}

  template <class T>
  void fill(T& x) {
    if constexpr (std::is_enum_v<T>)
      x = static_cast<T>(1);
    else if constexpr (std::is_integral_v<T>)
      x = static_cast<T>(++last_);
    else
      fill_all(x);
  }

private:
  void fill_all(duration& x) { x = duration{++last_}; }
  void fill_all(std::string& x) { x = "text " + std::to_string(++last_); }
  void fill_all(body& x) { x = body::json(std::to_string(++last_)); }
  void fill_all(topic_events& x) { x = topic_events{made<event_batch>()}; }

  template <class T>
  void fill_all(shared<T>& x) {
    x = shared<T>{made<T>()};
  }
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
    boost::pfr::for_each_field(x, [&](auto& field) { fill(field); });
  }

  template <class T>
  T made() {
    T x{};
    fill(x);
    return x;
  }

  std::size_t which_;
  int last_ = 100; ///< greater than any default value
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

/// Saves and loads `sent`. The result must equal `sent`, and every byte must be read.
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
