#include "restante/broker/api/broker.hpp"

#include <future>
#include <iostream>

using namespace restante;

int main() {
  std::promise<void> has_read, is_gone; // first: the broker's threads fulfil them
  broker broker;

  // Bob is away. The note waits for him, for a day unless told otherwise.
  broker.server().put({.to = "bob", .pack = body::bytes("call me")}).get();

  auto ann = broker.connect({.client = "ann"}, {.on_event = [&](const auto&, const auto& event) {
                              const bool is_set = event.kind == event_kind::set;
                              std::cout << event.client + (is_set ? " types\n" : " is gone\n");
                              if (!is_set)
                                is_gone.set_value();
                            }});
  ann.subscribe("room").get();

  auto bob = broker.connect({.client = "bob"}, {.on_notification = [&](const auto& it) {
                              std::cout << "bob reads: " + std::string{it.pack.view()} + '\n';
                              has_read.set_value();
                            }});
  has_read.get_future().wait();

  bob.set("room", "typing:bob").get();
  bob.cut(); // a closed laptop: no clear, no goodbye, and yet the key goes at once
  is_gone.get_future().wait();
}
