#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

/// CAF alone: the rate at which one node takes messages of another, with nothing of ours but
/// their shape. The baseline for a broker's node.
namespace restante::benchmarks::remoting {

/// Publishes an actor that only counts, prints its port in a line on standard output, and
/// ends with standard input. For a child process.
int run_bare_peer();

/// Such a child.
class bare_peer {
public:
  /// Starts `program` with `--bare-peer`. Throws std::runtime_error when it does not come up.
  explicit bare_peer(const std::string& program);
  ~bare_peer();
  bare_peer(const bare_peer&) = delete;
  bare_peer& operator=(const bare_peer&) = delete;

  std::uint16_t port() const { return port_; }

private:
  int pid_ = 0;
  int to_child_ = -1;
  std::uint16_t port_ = 0;
};

/// Puts a second, one way, that a bare peer takes: `count` of them, each with a pack of that
/// size, until it says that it has seen the last.
double bare_messages_per_second(std::uint16_t port, std::size_t count, std::size_t pack_bytes);

} // namespace restante::benchmarks::remoting
