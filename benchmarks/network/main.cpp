#include "restante/benchmarks/disk.hpp"
#include "restante/benchmarks/network/report.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace restante::benchmarks::network {
namespace {

struct options {
  settings set;
  std::string mosquitto = "/usr/sbin/mosquitto";
  std::string redis = "redis-server";
  std::string nats = "nats-server";
  std::string restante;
  std::string restante_arguments;
  std::vector<std::string> only;
  std::string scratch = std::filesystem::temp_directory_path().string();
  std::size_t rounds = 5;
  std::vector<std::string> client_only; ///< dialect and HOST:PORT
  int server_pid = 0;
};

std::vector<network_scenario> all_scenarios(const settings& set) {
  return {notification_rounds(set),
          fan_out(set, 1),
          fan_out(set, 4),
          idle_connections(set),
          lost_connections(set),
          durable_puts(set, party::redis, 1),
          durable_puts(set, party::jetstream, 2),
          durable_puts(set, party::jetstream_synced, 2)};
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream{text};
  return {std::istream_iterator<std::string>{stream}, {}};
}

/// The command that starts server `which` with all its files in `directory`.
std::vector<std::string> command_of(party which, storage kept, endpoint at,
                                    const std::filesystem::path& directory, const options& chosen) {
  switch (which) {
  case party::mosquitto:
    return mosquitto_command(chosen.mosquitto, at, directory);
  case party::redis:
    return redis_command(chosen.redis, at, directory);
  case party::jetstream_synced:
    make_writes_durable(directory);
    [[fallthrough]];
  case party::jetstream:
    return jetstream_command(chosen.nats, at, directory);
  case party::restante:
    break;
  }
  auto more = words_of(chosen.restante_arguments);
  if (kept == storage::disk)
    more.insert(more.end(), {"--data-dir", (directory / "journal").string()});
  return restante_command(chosen.restante, at, more);
}

/// One round on a server that is started before the round and stopped after it.
measured_values measure_fresh(const network_scenario& measured, party which,
                              const options& chosen) {
  const scratch directory{chosen.scratch};
  const auto at = free_endpoint();
  const auto command = command_of(which, measured.kept, at, directory.path(), chosen);
  const server started{command, at, directory.path() / "log"};
  return measured.measure(dialect_of(which), started);
}

/// Measures the other server, Restante, the other server, and so on in turns, so that other load on
/// the machine affects both.
results measure_in_turns(const network_scenario& measured, const options& chosen) {
  results gathered{measured};
  const auto rounds = std::min(chosen.rounds, measured.rounds_max.value_or(chosen.rounds));
  for (std::size_t round = 1; round <= rounds; ++round)
    for (const auto which : {measured.rival, party::restante}) {
      if (gathered.has_failed(which))
        continue;
      std::fprintf(stderr, "%s, round %zu of %zu: %s\n", measured.name.c_str(), round, rounds,
                   name_of(which));
      try {
        gathered.add(which, measure_fresh(measured, which, chosen));
      } catch (const std::exception& problem) {
        gathered.fail(which, problem.what());
      }
    }
  return gathered;
}

/// Measures a server that this program did not start, for example to profile that server.
results measure_theirs(const network_scenario& measured, const options& chosen) {
  const auto which = chosen.client_only.front() == "ws" ? party::restante : measured.rival;
  const auto& address = chosen.client_only.back();
  const auto colon = address.rfind(':');
  if (address.substr(0, colon) != "127.0.0.1" && address.substr(0, colon) != "localhost")
    throw std::runtime_error("only loopback addresses are spoken to");
  const endpoint at{static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1)))};
  const server theirs{at, chosen.server_pid};
  results gathered{measured};
  for (std::size_t round = 0; round < chosen.rounds; ++round)
    gathered.add(which, measured.measure(dialect_of(which), theirs));
  return gathered;
}

int run(const options& chosen) {
  print_machine({first_line_of(chosen.mosquitto + " -h"),
                 first_line_of(chosen.redis + " --version"), first_line_of(chosen.nats + " -v"),
                 first_line_of(chosen.restante + " --version")},
                raise_file_limit());
  bool complete = true;
  for (const auto& each : all_scenarios(chosen.set)) {
    const bool wanted =
        chosen.only.empty() || std::ranges::find(chosen.only, each.name) != chosen.only.end();
    if (!wanted)
      continue;
    const auto gathered =
        chosen.client_only.empty() ? measure_in_turns(each, chosen) : measure_theirs(each, chosen);
    gathered.print();
    complete = complete && gathered.is_complete();
  }
  return complete ? 0 : 1;
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& each : all_scenarios({}))
    names.push_back(each.name);
  return names;
}

/// The Restante program in the same build tree.
std::string default_restante() {
  const auto own = std::filesystem::read_symlink("/proc/self/exe");
  return (own.parent_path().parent_path() / "restante").string();
}

} // namespace
} // namespace restante::benchmarks::network

/// Measures Restante and other servers over loopback and prints the ratios. Exits with 1 when
/// something could not be measured; a missed target is no failure.
int main(int argc, char** argv) {
  using namespace restante::benchmarks::network;
  options chosen;
  chosen.restante = default_restante();
  CLI::App app{"Restante over WebSocket against Mosquitto, Redis and NATS JetStream, on loopback"};
  app.add_option("--restante", chosen.restante, "the program")->capture_default_str();
  app.add_option("--restante-args", chosen.restante_arguments,
                 "more for its serve: --restante-args=\"…\"");
  app.add_option("--mosquitto", chosen.mosquitto, "the program (apt-get install mosquitto)")
      ->capture_default_str();
  app.add_option("--redis", chosen.redis, "the program (apt-get install redis-server)")
      ->capture_default_str();
  app.add_option("--nats", chosen.nats, "the program (apt-get install nats-server)")
      ->capture_default_str();
  app.add_option("--scratch", chosen.scratch, "where servers write: on the disk to be measured")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  app.add_option("--only", chosen.only, "these scenarios")->check(CLI::IsMember(scenario_names()));
  app.add_option("--rounds", chosen.rounds, "of each scenario and side")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  double seconds = chosen.set.measured.count();
  app.add_option("--seconds", seconds, "measured in each round")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str();
  app.add_option("--window", chosen.set.window, "unanswered puts of a sender")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--idle-connections", chosen.set.idle_connections, "as many as files allow")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  double idle_seconds = chosen.set.idle.count();
  app.add_option("--idle-seconds", idle_seconds, "for which they are watched")
      ->check(CLI::Range(1.0, 600.0))
      ->capture_default_str();
  app.add_option("--client-only", chosen.client_only,
                 "ws|other HOST:PORT: drive Restante, or its rival, that runs already")
      ->expected(2);
  app.add_option("--server-pid", chosen.server_pid, "that server, to measure its CPU");
  CLI11_PARSE(app, argc, argv);
  chosen.set.measured = std::chrono::duration<double>{seconds};
  chosen.set.idle = std::chrono::duration<double>{idle_seconds};
  try {
    return run(chosen);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
