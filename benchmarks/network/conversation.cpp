#include "restante/benchmarks/network/conversation.hpp"

#include "restante/benchmarks/network/mqtt_conversation.hpp"
#include "restante/benchmarks/network/ws_conversation.hpp"

#include <stdexcept>

namespace restante::benchmarks::network {

void observer::on_lost(conversation& lost, const std::string& why) {
  throw std::runtime_error(lost.plays().client + ": " + why);
}

std::unique_ptr<conversation> converse(dialect in, engine& loop, endpoint with, observer& ears,
                                       role plays) {
  const auto source = plays.source;
  std::unique_ptr<conversation> made;
  if (in == dialect::ws)
    made = std::make_unique<ws_conversation>(loop, ears, std::move(plays), with);
  else
    made = std::make_unique<mqtt_conversation>(loop, ears, std::move(plays));
  loop.open(*made, with, source);
  return made;
}

} // namespace restante::benchmarks::network
