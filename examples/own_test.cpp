// A deterministic test of your own code: a reminder service on a broker in virtual time. No sleeps
// and no races: a day passes when you say so, and a seed always gives the same run.

#include "restante/broker/testing/world.hpp"

#include <iostream>

using namespace restante;
using namespace std::chrono_literals;

namespace {

/// Your own code: reminds people, and reports the outcome.
class reminders {
public:
  explicit reminders(broker& broker) : broker_{broker} {}

  void remind(const std::string& who, const std::string& of_what) {
    note_ = broker_.server().put({.to = who, .pack = body::bytes(of_what), .ttl = 8h}).get()->trace;
  }

  bool was_read() { return broker_.server().status(note_).get().ok(); }

private:
  broker& broker_;
  trace_id note_;
};

int failures = 0;

void expect(bool is_so, const char* what) {
  std::cout << (is_so ? "ok      " : "FAILED  ") << what << '\n';
  if (!is_so)
    ++failures;
}

} // namespace

int main() {
  for (const std::uint64_t seed : {1, 2, 3}) {
    testing::world world{{}, seed};
    reminders tested{world.broker()};

    tested.remind("bob", "water the plants");
    world.pass(7h);
    auto bob = world.connect("bob");
    expect(bob.seen().deliveries().size() == 1, "bob is reminded within the day");

    tested.remind("ann", "call home");
    world.pass(9h);
    auto ann = world.connect("ann");
    expect(ann.seen().deliveries().empty(), "an old reminder is not delivered");
    expect(!tested.was_read(), "and is forgotten");
  }
  return failures;
}
