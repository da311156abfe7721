// A program of another project, built against the installed package only.

#include <iostream>
#include <restante/broker/api/broker.hpp>
#include <restante/broker/testing/world.hpp>
#include <restante/clients/cpp/remote.hpp>
#include <string>
#include <string_view>

/// Message types of another project.
struct reading {
  int degrees = 0;
};

struct reading_lost {
  int sensor = 0;
};

template <class Inspector>
auto inspect(Inspector& f, reading& x) {
  return f(x.degrees);
}

template <class Inspector>
auto inspect(Inspector& f, reading_lost& x) {
  return f(x.sensor);
}

// The first type id of a program's block in CAF's own documentation.
CAF_BEGIN_TYPE_ID_BLOCK(readings, first_custom_type_id)
CAF_ADD_TYPE_ID(readings, (reading))
CAF_ADD_TYPE_ID(readings, (reading_lost))
CAF_END_TYPE_ID_BLOCK(readings)

/// Defined in overlap.cpp: the error of `configure` for a block that starts where Restante's does.
std::string told_of_an_overlap();

namespace {

bool delivers() {
  restante::testing::world world;
  const auto put =
      world.outcome_of(world.server().put({.to = "bob", .pack = restante::body::bytes("hello")}));
  auto bob = world.connect("bob");
  return put.ok() && bob.seen().deliveries().size() == 1;
}

bool finds_no_broker() {
  restante::remote nowhere{
      {.url = "ws://127.0.0.1:1", .give_up_after = std::chrono::milliseconds{0}}};
  return nowhere.connect({.client = "bob"}).connected().get().code() == restante::errc::unreachable;
}

/// This project's message types and Restante's in one source, one configuration and one actor
/// system.
bool has_types_of_its_own() {
  caf::actor_system_config config;
  restante::configure<caf::id_block::readings>(config, 2);
  caf::actor_system system{config};
  restante::broker broker{system};
  return broker.server().put({.to = "bob"}).get().ok() && caf::type_id<reading>::value == 200;
}

bool hears_of_an_overlap() {
  return told_of_an_overlap() == "type id 10000 is the number of stray and of restante::errc: "
                                 "start your type id block at caf::first_custom_type_id";
}

bool check(std::string_view what, bool is_so) {
  std::cout << what << (is_so ? ": yes\n" : ": NO\n");
  return is_so;
}

} // namespace

int main() {
  bool is_fine = check("a notification is delivered", delivers());
  is_fine = check("no broker is found where none is", finds_no_broker()) && is_fine;
  is_fine = check("other message types beside Restante's", has_types_of_its_own()) && is_fine;
  is_fine = check("an overlap of type ids is refused by name", hears_of_an_overlap()) && is_fine;
  return is_fine ? 0 : 1;
}
