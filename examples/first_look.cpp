#include "restante/broker/broker.hpp"

#include <iostream>

using namespace restante;

int main() {
  broker office;

  // Bob is away. The note waits for him, for a day unless told otherwise.
  office.server().put({.to = "bob", .pack = body::bytes("call me")}).get();

  auto ann = office.connect({.client = "ann"}, {.on_event = [](const auto&, const auto& event) {
                              const bool is_set = event.kind == event_kind::set;
                              std::cout << event.client << (is_set ? " types\n" : " is gone\n");
                            }});
  ann.subscribe("room").get();

  auto bob = office.connect({.client = "bob"}, {.on_notification = [](const auto& it) {
                              std::cout << "bob reads: " << it.pack.view() << '\n';
                            }});
  bob.set("room", "typing:bob").get();
  bob.cut(); // a closed laptop: no clear, no goodbye, and yet the key goes at once

  while (!ann.list("room").get()->entries.empty()) {
  }
}
