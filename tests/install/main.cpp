// A program of somebody else's, built against the installed package only.

#include <iostream>
#include <restante/broker/broker.hpp>
#include <restante/broker/remote/remote.hpp>
#include <restante/broker/testing/world.hpp>

int main() {
  restante::testing::world world;
  const auto put =
      world.outcome_of(world.server().put({.to = "bob", .pack = restante::body::bytes("hello")}));
  auto bob = world.connect("bob");
  const bool arrived = put.ok() && bob.seen().deliveries().size() == 1;
  restante::remote nowhere{
      {.url = "ws://127.0.0.1:1", .give_up_after = std::chrono::milliseconds{0}}};
  if (nowhere.connect({.client = "bob"}).connected().get().code() != restante::errc::unreachable)
    return 1;
  std::cout << (arrived ? "delivered" : "lost") << '\n';
  return arrived ? 0 : 1;
}
