#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

/// CAF alone: the rate at which one node accepts messages of another node. It uses the message
/// types of Restante and no other part of it. This is the baseline for a broker's node.
namespace restante::benchmarks::remoting {

/// Publishes an actor that only counts, prints its port in a line on standard output, and ends when
/// standard input ends. For a child process.
int run_bare_peer();

/// A child process that runs such a peer.
class bare_peer {
public:
  /// Starts `program` with `--bare-peer`. Throws std::runtime_error when the process does not
  /// start.
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

/// How many one-way puts per second a bare peer accepts: sends `count` puts with a pack of the
/// given size, and waits until the peer says that it has received the last.
double bare_messages_per_second(std::uint16_t port, std::size_t count, std::size_t pack_bytes);

} // namespace restante::benchmarks::remoting
