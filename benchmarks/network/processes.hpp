#pragma once

#include "restante/benchmarks/network/engine.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

/// The servers under test, as child processes: started, measured from outside,
/// and gone when this process is, however it ends.
namespace restante::benchmarks::network {

/// A directory of our own under `parent`, removed with the object.
class scratch {
public:
  explicit scratch(const std::filesystem::path& parent);
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch();

  const std::filesystem::path& path() const noexcept { return path_; }

private:
  std::filesystem::path path_;
};

/// CPU time spent since a process started, in seconds.
struct cpu_time {
  double user = 0;
  double system = 0;

  double total() const noexcept { return user + system; }
};

/// Of this process, from getrusage.
cpu_time own_cpu();

/// Of everything that runs on this machine, without idling, since it booted.
double machine_cpu();

/// From /proc/PID/smaps_rollup, in bytes.
struct memory_use {
  std::size_t resident = 0;
  std::size_t proportional = 0;  ///< shared pages by their share
  std::size_t private_dirty = 0; ///< what the process wrote and shares with nobody
  std::size_t anonymous = 0;
};

/// A server that listens on loopback.
class server {
public:
  /// Starts `command` and waits until it accepts connections at `at`; its output goes
  /// to `log`. Throws std::runtime_error, with the end of the log, when it does not.
  server(const std::vector<std::string>& command, endpoint at, std::filesystem::path log);
  /// One that somebody else started and will stop; nothing is measured without a `pid`.
  server(endpoint at, pid_t pid) : at_(at), pid_(pid) {}
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server();

  endpoint at() const noexcept { return at_; }
  cpu_time cpu() const;
  memory_use memory() const;

  /// A directory beside what it writes.
  std::filesystem::path place() const;

private:
  bool has_exited();
  std::string end_of_log() const;

  endpoint at_;
  pid_t pid_ = 0;
  bool ours_ = false;
  std::filesystem::path log_;
};

/// A loopback port that nobody listens on at present.
endpoint free_endpoint();

/// Raises the limit of open files as far as it goes; answers it. Children inherit it.
std::size_t raise_file_limit();

/// Writes what Mosquitto is told into `directory`; answers the command that starts it. As
/// many deliveries of a client may await their ack as in Restante: 64.
std::vector<std::string> mosquitto_command(const std::string& program, endpoint at,
                                           const std::filesystem::path& directory);

/// Everything appended to a file that is synced before the answer; nothing else is written.
std::vector<std::string> redis_command(const std::string& program, endpoint at,
                                       const std::filesystem::path& directory);

/// Writes what NATS is told into `directory`, and keeps its streams there.
std::vector<std::string> jetstream_command(const std::string& program, endpoint at,
                                           const std::filesystem::path& directory);

std::vector<std::string> restante_command(const std::string& program, endpoint at,
                                          const std::vector<std::string>& more);

/// The first line a command prints, for the head of the report; empty when it fails.
std::string first_line_of(const std::string& command);

} // namespace restante::benchmarks::network
