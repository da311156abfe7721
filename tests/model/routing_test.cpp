// The mapping of addresses to routes and slots.

#include "restante/actors/model/routing.hpp"

#include <gtest/gtest.h>

#include <set>

namespace restante::model {
namespace {

constexpr routing::key secret{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr routing::key another{16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1};

TEST(Routing, N3_the_length_of_the_namespace_is_framed_in) {
  const routing routes{secret, 16};
  EXPECT_NE(routes.route("a", "bc"), routes.route("ab", "c"));
  EXPECT_NE(routes.route("", "abc"), routes.route("abc", ""));
  EXPECT_NE(routes.route("", "x"), routes.route("x", ""));
}

TEST(Routing, N3_the_same_address_has_the_same_route_of_48_bits) {
  const routing routes{secret, 16};
  std::set<route_number> seen;
  for (int n = 0; n < 1000; ++n) {
    const auto route = routes.route("ns", std::to_string(n));
    EXPECT_EQ(route, routes.route("ns", std::to_string(n)));
    EXPECT_EQ(route >> trace_id::route_bits, 0U);
    seen.insert(route);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(Routing, N3_nobody_without_the_key_knows_the_route) {
  EXPECT_NE(routing(secret, 16).route("ns", "bob"), routing(another, 16).route("ns", "bob"));
}

TEST(Routing, N3_a_route_survives_its_trace) {
  const auto route = routing{secret, 16}.route("ns", "bob");
  EXPECT_EQ(trace_id::make(route, {}).route(), route);
}

TEST(Routing, N3_fewer_bits_make_routes_collide) {
  const routing routes{secret, 16, 2};
  std::set<route_number> seen;
  for (int n = 0; n < 100; ++n)
    seen.insert(routes.route("ns", std::to_string(n)));
  EXPECT_EQ(seen, (std::set<route_number>{0, 1, 2, 3}));
}

TEST(Routing, N3_every_slot_gets_its_share) {
  constexpr std::size_t slots = 16;
  const routing routes{secret, slots};
  std::array<int, slots> filled{};
  for (int n = 0; n < 16'000; ++n) {
    const auto slot = routes.slot(routes.route("ns", "client-" + std::to_string(n)));
    ASSERT_LT(slot, slots);
    ++filled[slot];
  }
  for (const auto n : filled)
    EXPECT_NEAR(n, 1000, 200);
}

} // namespace
} // namespace restante::model
