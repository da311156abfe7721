// A suit expects a reply. Its sender can wait for the reply, or ask for the reply later.

#include "restante/broker/api/broker.hpp"

#include <future>
#include <iostream>

using namespace restante;
using namespace std::chrono_literals;

int main() {
  broker broker;
  auto ann = broker.connect({.client = "ann"});

  const auto suit = ann.put({.to = "bob",
                             .pack = body::bytes("lunch at noon?"),
                             .kind = notification_kind::suit,
                             .ttl = 1h})
                        .get();
  if (!suit)
    return 1;
  const auto reply = ann.await(suit->trace, 30s);

  // Bob connects later, and replies after he has read the suit. A handler may not wait, so it only
  // stores the trace.
  std::promise<trace_id> read;
  auto bob = broker.connect({.client = "bob"}, {.on_notification = [&](const auto& it) {
                              std::cout << "bob reads: " << it.pack.view() << '\n';
                              read.set_value(it.trace);
                            }});
  bob.reply(read.get_future().get(), body::bytes("gladly"));

  const auto said = reply.get();
  if (!said) {
    std::cerr << "no reply: " << said.error().text() << '\n';
    return 1;
  }
  std::cout << "ann hears: " << said->value.view() << '\n';
  return said->value.view() == "gladly" ? 0 : 1;
}
