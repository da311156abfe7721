#include "restante/benchmarks/harness.hpp"
#include "restante/broker/api/broker.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

/// Compares the cost of a put at a memory limit with the cost of a put below the limit, in CPU time
/// of the whole process.
namespace restante::benchmarks::at_limit {
namespace {

constexpr std::size_t window = 1'000; ///< puts under way at once

/// About the number of bytes that the broker counts for a client with one notification.
constexpr std::uint64_t client_bytes = actor_cost_bytes + record_cost_bytes + 128;

struct settings {
  std::vector<std::size_t> clients{10'000, 100'000, 1'000'000};
  std::size_t puts = 20'000;
};

put_request short_put(const std::string& to, const std::string& ns) {
  put_request what{.to = to, .pack = body::bytes("x")};
  what.ns = ns;
  return what;
}

struct cost {
  double cpu_us = 0;   ///< of one put
  double accepted = 0; ///< share of all puts
};

/// Puts one notification to each of `count` clients whose names begin with `prefix`. Returns how
/// many puts were accepted.
template <class Ask>
std::size_t ask_all(const std::string& prefix, std::size_t count, Ask ask) {
  std::deque<decltype(ask(prefix))> sent;
  std::size_t accepted = 0;
  const auto take_one = [&] {
    accepted += sent.front().get().ok() ? 1 : 0;
    sent.pop_front();
  };
  for (std::size_t n = 0; n < count; ++n) {
    if (sent.size() == window)
      take_one();
    sent.push_back(ask(prefix + std::to_string(n)));
  }
  while (!sent.empty())
    take_one();
  return accepted;
}

cost put_all(server_identity& by, const std::string& prefix, std::size_t count,
             const std::string& ns = {}) {
  const auto before = cpu_seconds();
  const auto accepted = ask_all(
      prefix, count, [&](const std::string& client) { return by.put(short_put(client, ns)); });
  return {(cpu_seconds() - before) * 1e6 / static_cast<double>(count),
          static_cast<double>(accepted) / static_cast<double>(count)};
}

void drain_all(server_identity& by, const std::string& prefix, std::size_t count) {
  ask_all(prefix, count, [&](const std::string& client) { return by.drain(client, {}); });
}

void print(const char* what, const cost& measured, double beside) {
  std::printf("| %-58s | %8.2f us | %5.1f%% | %5.2f |\n", what, measured.cpu_us,
              100 * measured.accepted, measured.cpu_us / beside);
  std::fflush(stdout);
}

/// The limit of the whole broker is full of clients with waiting notifications: every put is
/// refused.
void measure_refusals(std::size_t clients, std::size_t puts) {
  options how;
  how.limits.memory_bytes = clients * client_bytes;
  how.limits.namespace_memory_bytes = how.limits.memory_bytes;
  broker tested{how};
  auto& by = tested.server();
  const auto room = put_all(by, "early-", std::min(puts, clients / 4));
  print("below the limit, a put to a new client", room, room.cpu_us);
  put_all(by, "filler-", clients * 9 / 8);
  print("at the limit, a put to a new client", put_all(by, "late-", puts), room.cpu_us);
  print("at the limit, a put to a client that has one",
        put_all(by, "early-", std::min(puts, clients / 4)), room.cpu_us);
}

/// Every client has taken its notifications: every put frees memory by removing delivered records.
void measure_room_that_is_made(std::size_t clients, std::size_t puts) {
  options how;
  how.limits.memory_bytes = clients * client_bytes;
  how.limits.namespace_memory_bytes = how.limits.memory_bytes;
  broker tested{how};
  auto& by = tested.server();
  const auto room = put_all(by, "early-", std::min(puts, clients / 4));
  put_all(by, "filler-", clients * 10 / 16);
  drain_all(by, "filler-", clients * 10 / 16);
  put_all(by, "edge-", clients / 2); // past the limit: records are being removed already
  print("at the limit, a put that makes room among delivered records",
        put_all(by, "new-", std::min(puts, clients / 16)), room.cpu_us);
}

/// One namespace at its own limit, and how that affects the other namespaces.
void measure_neighbours(std::size_t clients, std::size_t puts) {
  options how;
  how.limits.memory_bytes = 4 * clients * client_bytes;
  how.limits.namespace_memory_bytes = clients * client_bytes;
  broker tested{how};
  auto& by = tested.server();
  const auto room = put_all(by, "early-", std::min(puts, clients / 4), "calm");
  put_all(by, "filler-", clients + clients / 8, "full");
  print("in a namespace at its own limit", put_all(by, "late-", puts, "full"), room.cpu_us);
  print("in another namespace meanwhile",
        put_all(by, "other-", std::min(puts, clients / 4), "calm"), room.cpu_us);
}

int run(int argc, char** argv) {
  settings how;
  CLI::App program{"CPU time of a put at a memory limit and below it, embedded"};
  program.add_option("--clients", how.clients, "Clients that fill the memory");
  program.add_option("--puts", how.puts, "Puts that are measured");
  CLI11_PARSE(program, argc, argv);
  for (const auto clients : how.clients) {
    std::printf("%zu clients\n", clients);
    measure_refusals(clients, how.puts);
    measure_room_that_is_made(clients, how.puts);
    measure_neighbours(clients, how.puts);
  }
  return 0;
}

} // namespace
} // namespace restante::benchmarks::at_limit

int main(int argc, char** argv) {
  return restante::benchmarks::at_limit::run(argc, argv);
}
