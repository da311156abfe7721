// A broker inside a program: a note for a client that is away, delivered when the client connects.

#include "restante/broker/api/broker.hpp"

#include <future>
#include <iostream>

using namespace restante;

int main() {
  broker broker;

  // Bob is away. The note waits for him, for a day unless told otherwise.
  const auto note = broker.server().put({.to = "bob", .pack = body::bytes("call me")}).get();
  if (!note) {
    std::cerr << "refused: " << note.error().text() << '\n';
    return 1;
  }

  std::promise<std::string> arrived;
  auto bob =
      broker.connect({.client = "bob"}, {.on_notification = [&](const offered_notification& it) {
                       arrived.set_value(std::string{it.pack.view()});
                     }});
  std::cout << "bob reads: " << arrived.get_future().get() << '\n';

  // The trace shows the state of the notification. Bob's acknowledgement may still be under way.
  auto seen = broker.server().status(note->trace).get();
  while (seen && !seen->notification.delivered()) {
    seen = broker.server().status(note->trace).get();
  }
  std::cout << "the trace says: " << to_string(seen->notification.state) << '\n';
  return seen->notification.delivered() ? 0 : 1;
}
