#pragma once

#include "restante/tests/network/line.hpp"

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace restante::testing {

/// A TCP proxy between a client and a broker that simulates network faults. Each fault has taken
/// effect when its call returns.
class proxy {
public:
  /// Forwards to the given port of 127.0.0.1. With port 0, clients receive nothing until the test
  /// sends something.
  explicit proxy(std::uint16_t to);
  ~proxy();
  proxy(const proxy&) = delete;
  proxy& operator=(const proxy&) = delete;

  std::uint16_t port() const { return port_; }

  /// Resets all connections; new connections are accepted.
  void cut();

  /// Forwards nothing, and closes nothing.
  void hold() { set(holding::all); }
  /// Forwards nothing that the broker sends.
  void hold_answers() { set(holding::answers); }
  void release() { set(holding::nothing); }

  /// Shuts down the direction to the clients, and continues to receive.
  void half_close();

  /// Sends bytes to the clients, in the broker's place.
  void say(const std::string& bytes);

  /// Sets the bytes that every client receives after it has sent something.
  void answer_with(std::string bytes);

  /// The number of connections so far, and the number of open connections.
  std::size_t calls() const { return calls_.load(); }
  std::size_t lines();

private:
  enum class holding : std::uint8_t { nothing, answers, all };

  struct side {
    int fd = -1;
    std::string waiting; ///< bytes to be written to this side
    bool has_ended = false;
  };
  struct pair {
    side client;
    side broker;
    bool is_greeted = false;
  };

  void set(holding what);
  void run();
  void accept();
  bool serve(pair& one) const;
  bool pass(side& from, side& to) const;
  static void drop(pair& one);

  const std::uint16_t to_;
  std::uint16_t port_ = 0;
  int listening_ = -1;
  std::mutex mutex_;
  std::list<pair> pairs_;
  std::string greeting_;
  holding held_ = holding::nothing;
  std::atomic<bool> is_over_{false};
  std::atomic<std::size_t> calls_{0};
  std::thread thread_;
};

/// A port on which no program listens.
std::uint16_t closed_port();

} // namespace restante::testing
