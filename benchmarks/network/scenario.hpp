#pragma once

#include "restante/benchmarks/figure.hpp"
#include "restante/benchmarks/network/conversation.hpp"
#include "restante/benchmarks/network/processes.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The measurements over sockets. Each scenario is written once and runs against Restante and one
/// other server, each in its own protocol.
namespace restante::benchmarks::network {

/// The server that is measured.
enum class party {
  mosquitto,
  redis,            ///< appends each command to a file and syncs the file before the answer
  jetstream,        ///< answers after the write, and syncs every two minutes: the strictest mode
  jetstream_synced, ///< NATS in a directory where every write waits for the disk
  restante
};

const char* name_of(party which);
dialect dialect_of(party which);

/// Where Restante stores notifications.
enum class storage { memory, disk };

struct settings {
  std::chrono::duration<double> measured{3}; ///< of each round, after the warm-up
  std::chrono::duration<double> warm_up{1};
  std::size_t pairs = 50;    ///< number of senders, and of receivers
  std::size_t window = 64;   ///< unanswered puts per sender
  std::size_t backlog = 512; ///< puts per sender that the receiver has not seen yet
  std::size_t subscribers = 1'000;
  std::size_t idle_connections = 19'500;
  std::chrono::duration<double> idle{30};
  std::size_t owners = 1'000; ///< connections with keys that will be lost
  std::size_t durable_senders = 64;
  std::size_t durable_targets = 1'000;
};

/// One number for each figure of the scenario; nothing for a figure that has no meaning for the
/// measured server.
using measured_values = std::vector<std::optional<double>>;

struct network_scenario {
  std::string name;    ///< its name for --only
  std::string setting; ///< one line that says which clients do what and how often
  std::vector<figure> figures;
  /// Throws when a message was lost, was duplicated, or was refused.
  std::function<measured_values(dialect, const server&)> measure;
  std::optional<std::size_t> rounds_max{}; ///< for scenarios whose rounds take long and vary little
  party rival = party::mosquitto;
  storage kept = storage::memory;
};

network_scenario notification_rounds(const settings& set);
/// Each publisher has `window` messages under way.
network_scenario fan_out(const settings& set, std::size_t window);
network_scenario idle_connections(const settings& set);
network_scenario lost_connections(const settings& set);
/// Restante must be `target` times as fast.
network_scenario durable_puts(const settings& set, party rival, double target);

/// The CPU time that each party used between two instants.
struct spent_cpu {
  double seconds = 0;
  cpu_time server;
  cpu_time client;   ///< this process
  double others = 0; ///< all other processes on this machine
};

/// Starts measuring in the constructor.
class cpu_meter {
public:
  explicit cpu_meter(const server& watched);

  spent_cpu spent() const;

private:
  const server& server_;
  bench_clock::time_point start_;
  cpu_time server_start_;
  cpu_time client_start_;
  double machine_start_;
};

/// The suffix of the name of the row that shows the load of the rest of this machine.
constexpr std::string_view others_row = ": everything else here";

/// The rows at the end of every scenario, and their values.
void add_cpu_figures(std::vector<figure>& rows, const std::string& scenario);
void add_cpu_values(measured_values& row, const spent_cpu& cpu);

double milliseconds(std::chrono::nanoseconds time);
double microseconds(std::chrono::nanoseconds time);

/// Runs turns until `done` is true. After `limit`, throws std::runtime_error that names `what`.
void wait_for(engine& loop, const char* what, const std::function<bool()>& done,
              std::chrono::seconds limit = std::chrono::seconds{30});
/// Runs turns for the given time, whatever happens.
void run_for(engine& loop, std::chrono::duration<double> time);

} // namespace restante::benchmarks::network
