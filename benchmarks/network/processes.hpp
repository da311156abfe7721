#pragma once

#include "restante/benchmarks/network/engine.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

/// The servers under test, as child processes: started and measured from outside. They end when
/// this process ends, however it ends.
namespace restante::benchmarks::network {

/// A new directory under `parent`. The destructor removes it.
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

/// CPU time of this process, from getrusage.
cpu_time own_cpu();

/// CPU time of everything on this machine since boot, without idle time.
double machine_cpu();

/// Memory from /proc/PID/smaps_rollup, in bytes.
struct memory_use {
  std::size_t resident = 0;
  std::size_t proportional = 0;  ///< proportional share of shared pages (PSS)
  std::size_t private_dirty = 0; ///< pages that the process wrote and shares with no other process
  std::size_t anonymous = 0;
};

/// A server that listens on loopback.
class server {
public:
  /// Starts `command` and waits until the server accepts connections at `at`. Its output goes to
  /// `log`. When the server does not accept, throws std::runtime_error with the end of the log.
  server(const std::vector<std::string>& command, endpoint at, std::filesystem::path log);
  /// A server that this program neither starts nor stops. Without a `pid` its CPU time and memory
  /// are not measured.
  server(endpoint at, pid_t pid) : at_(at), pid_(pid) {}
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server();

  endpoint at() const noexcept { return at_; }
  cpu_time cpu() const;
  memory_use memory() const;

  /// A directory beside the server's own files.
  std::filesystem::path place() const;

private:
  bool has_exited();
  std::string end_of_log() const;

  endpoint at_;
  pid_t pid_ = 0;
  bool ours_ = false;
  std::filesystem::path log_;
};

/// A loopback port on which no program listens at present.
endpoint free_endpoint();

/// Raises the limit of open files as far as possible and returns it. Child processes inherit it.
std::size_t raise_file_limit();

/// Writes Mosquitto's configuration into `directory` and returns the command that starts Mosquitto.
/// As many deliveries of one client may be unacknowledged as in Restante: 64.
std::vector<std::string> mosquitto_command(const std::string& program, endpoint at,
                                           const std::filesystem::path& directory);

/// Redis appends every command to a file and syncs the file before the answer; it writes nothing
/// else.
std::vector<std::string> redis_command(const std::string& program, endpoint at,
                                       const std::filesystem::path& directory);

/// Writes the configuration of NATS into `directory`. NATS stores its streams there.
std::vector<std::string> jetstream_command(const std::string& program, endpoint at,
                                           const std::filesystem::path& directory);

std::vector<std::string> restante_command(const std::string& program, endpoint at,
                                          const std::vector<std::string>& more);

/// The first line that a command prints, for the head of the report; empty when the command fails.
std::string first_line_of(const std::string& command);

} // namespace restante::benchmarks::network
