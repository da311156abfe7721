// A broker in one process, a client in another, both CAF programs that trust each other. Run
// it without arguments for both, or in two terminals:
//
//   two_processes broker                 prints where it is, until its input ends
//   two_processes peer caf://127.0.0.1:PORT

#include "restante/broker/node/node.hpp"
#include "restante/clients/cpp/remote.hpp"

#include <iostream>
#include <spawn.h>
#include <string>
#include <sys/wait.h>

using namespace restante;
using namespace std::chrono_literals;

namespace {

/// A broker that other nodes can attach to, in an actor system that has a network side.
struct broker_process {
  broker_process() {
    configure(config, 2);
    configure_node(config);
    system = std::make_unique<caf::actor_system>(config);
    system->await_actors_before_shutdown(false);
    local_broker = std::make_unique<broker>(*system);
    listener =
        std::make_unique<node>(*local_broker, node_options{.port = 0}); // loopback, as it should
  }

  std::string url() const { return "caf://127.0.0.1:" + std::to_string(listener->port()); }

  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<broker> local_broker;
  std::unique_ptr<node> listener; // the last to come is the first to go
};

int run_broker() {
  const broker_process here;
  std::cout << here.url() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
  }
  return 0;
}

/// These calls are those of a broker in this process.
int run_peer(const std::string& url) {
  remote elsewhere{{.url = url}};
  auto bob = elsewhere.connect({.client = "bob"});
  if (!bob.connected().get()) {
    std::cerr << "no broker at " << url << '\n';
    return 1;
  }
  bob.set("room", "typing:bob").get();
  const auto note = bob.put({.to = "ann", .pack = body::bytes("a word from elsewhere")}).get();
  bob.cut(); // as if this process were killed
  return note ? 0 : 1;
}

int run_both(const char* self) {
  const broker_process here;
  auto ann = here.local_broker->connect(
      {.client = "ann"},
      {.on_notification =
           [](const auto& it) { std::cout << "ann reads: " << it.pack.view() << std::endl; },
       .on_event =
           [](const auto&, const auto& event) {
             const bool is_set = event.kind == event_kind::set;
             std::cout << event.client << (is_set ? " types" : " is gone") << std::endl;
           }});
  ann.subscribe("room").get();

  std::string url = here.url();
  std::string role = "peer";
  std::string program = self;
  char* const arguments[] = {program.data(), role.data(), url.data(), nullptr};
  pid_t child = 0;
  if (posix_spawn(&child, self, nullptr, nullptr, arguments, environ) != 0)
    return 1;
  int status = 0;
  waitpid(child, &status, 0);
  // The peer has ended without a disconnect, and its key was cleared.
  const auto limit = std::chrono::steady_clock::now() + 10s;
  while (!ann.list("room").get()->entries.empty()) {
    if (std::chrono::steady_clock::now() > limit)
      return 1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

} // namespace

int main(int argc, char** argv) {
  const std::string role = argc > 1 ? argv[1] : "";
  if (role == "broker")
    return run_broker();
  if (role == "peer" && argc == 3)
    return run_peer(argv[2]);
  return run_both(argv[0]);
}
