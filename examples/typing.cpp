// Ephemeral state: who is typing. Subscribers see it at once, and it vanishes with its owner, even
// when the owner's connection is lost without a disconnect.

#include "restante/broker/api/broker.hpp"

#include <future>
#include <iostream>

using namespace restante;

int main() {
  broker broker;

  std::promise<void> appeared;
  std::promise<std::string> vanished;
  auto ann = broker.connect({.client = "ann"}, {.on_event = [&](const auto&, const auto& event) {
                              if (event.kind == event_kind::set) {
                                std::cout << event.client << " is typing\n";
                                appeared.set_value();
                              } else {
                                vanished.set_value(std::string{to_string(event.reason)});
                              }
                            }});
  // The present state, and every later event: there is no gap between the two.
  const auto before = ann.subscribe("room").get();
  std::cout << "typing before: " << before->entries.size() << '\n';

  auto bob = broker.connect({.client = "bob"});
  bob.set("room", "typing:bob", body::bytes("..."));
  appeared.get_future().wait();

  bob.cut(); // a closed laptop: no clear, no goodbye
  std::cout << "bob is not typing any more: " << vanished.get_future().get() << '\n';

  const auto after = ann.list("room").get();
  std::cout << "typing after: " << after->entries.size() << '\n';
  return after->entries.empty() ? 0 : 1;
}
