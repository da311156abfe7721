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

/// What is measured over sockets. Each scenario is written once and run against
/// Restante and one other, each in its protocol.
namespace restante::benchmarks::network {

/// Who is measured.
enum class party {
  mosquitto,
  redis,            ///< appends each command to a file, and syncs that before it answers
  jetstream,        ///< answers what is written, and syncs every two minutes: all it can do
  jetstream_synced, ///< the same in a directory where every write waits for the disk
  restante
};

const char* name_of(party which);
dialect dialect_of(party which);

/// Where Restante keeps notifications.
enum class storage { memory, disk };

struct settings {
  std::chrono::duration<double> measured{3}; ///< of each round, after the warm-up
  std::chrono::duration<double> warm_up{1};
  std::size_t pairs = 50;    ///< senders, and receivers
  std::size_t window = 64;   ///< puts of a sender that await their answer
  std::size_t backlog = 512; ///< puts of a sender that its receiver has not seen yet
  std::size_t subscribers = 1'000;
  std::size_t idle_connections = 19'500;
  std::chrono::duration<double> idle{30};
  std::size_t owners = 1'000; ///< connections with keys, to be lost
  std::size_t durable_senders = 64;
  std::size_t durable_targets = 1'000;
};

/// One number for each figure of the scenario; nothing where it has no meaning
/// for the side that was measured.
using measured_values = std::vector<std::optional<double>>;

struct network_scenario {
  std::string name;    ///< what --only takes
  std::string setting; ///< one line: who does what how often
  std::vector<figure> figures;
  /// Throws when something was lost, came twice, or was refused.
  std::function<measured_values(dialect, const server&)> measure;
  std::optional<std::size_t> rounds_max{}; ///< where one takes long and varies little
  party rival = party::mosquitto;
  storage kept = storage::memory;
};

network_scenario notification_rounds(const settings& set);
/// With `window` publishes on their way at once.
network_scenario fan_out(const settings& set, std::size_t window);
network_scenario idle_connections(const settings& set);
network_scenario lost_connections(const settings& set);
/// Restante is to be `target` times as fast.
network_scenario durable_puts(const settings& set, party rival, double target);

/// Who spent how much CPU between two instants.
struct spent_cpu {
  double seconds = 0;
  cpu_time server;
  cpu_time client;   ///< this process
  double others = 0; ///< everybody else on this machine
};

/// Starts to count when it is made.
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

/// How the row ends that says what the rest of this machine did meanwhile.
constexpr std::string_view others_row = ": everything else here";

/// The rows that every scenario has at its end, and what belongs there.
void add_cpu_figures(std::vector<figure>& rows, const std::string& scenario);
void add_cpu_values(measured_values& row, const spent_cpu& cpu);

double milliseconds(std::chrono::nanoseconds time);
double microseconds(std::chrono::nanoseconds time);

/// Turns until `done`; throws std::runtime_error, naming `what`, after `limit`.
void wait_for(engine& loop, const char* what, const std::function<bool()>& done,
              std::chrono::seconds limit = std::chrono::seconds{30});
/// Turns for so long, whatever happens.
void run_for(engine& loop, std::chrono::duration<double> time);

} // namespace restante::benchmarks::network
