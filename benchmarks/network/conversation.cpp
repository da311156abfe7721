#include "restante/benchmarks/network/conversation.hpp"

#include "restante/benchmarks/network/mqtt_conversation.hpp"
#include "restante/benchmarks/network/nats_conversation.hpp"
#include "restante/benchmarks/network/redis_conversation.hpp"
#include "restante/benchmarks/network/ws_conversation.hpp"

#include <stdexcept>

namespace restante::benchmarks::network {

void observer::on_lost(conversation& lost, const std::string& why) {
  throw std::runtime_error(lost.plays().client + ": " + why);
}

namespace {

std::unique_ptr<conversation> make(dialect in, engine& loop, endpoint with, observer& ears,
                                   role plays) {
  switch (in) {
  case dialect::ws:
    return std::make_unique<ws_conversation>(loop, ears, std::move(plays), with);
  case dialect::mqtt:
    return std::make_unique<mqtt_conversation>(loop, ears, std::move(plays));
  case dialect::resp:
    return std::make_unique<redis_conversation>(loop, ears, std::move(plays));
  case dialect::nats:
    return std::make_unique<nats_conversation>(loop, ears, std::move(plays));
  }
  throw std::logic_error("no such protocol");
}

} // namespace

std::unique_ptr<conversation> converse(dialect in, engine& loop, endpoint with, observer& ears,
                                       role plays) {
  const auto source = plays.source;
  auto made = make(in, loop, with, ears, std::move(plays));
  loop.open(*made, with, source);
  return made;
}

} // namespace restante::benchmarks::network
