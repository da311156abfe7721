#pragma once

#include "restante/tests/network/line.hpp"

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace restante::testing {

/// Stands between a client and a broker, and does to their sockets what networks do. Whoever
/// calls knows it done when the call returns.
class proxy {
public:
  /// Leads to that port of 127.0.0.1; 0: whoever calls hears nothing, until told something.
  explicit proxy(std::uint16_t to);
  ~proxy();
  proxy(const proxy&) = delete;
  proxy& operator=(const proxy&) = delete;

  std::uint16_t port() const { return port_; }

  /// Resets all lines; new ones may come.
  void cut();

  /// Nothing passes, nor is anything closed.
  void hold() { set(holding::all); }
  /// What the broker says does not pass.
  void hold_answers() { set(holding::answers); }
  void release() { set(holding::nothing); }

  /// Tells the clients that nothing more will come, and goes on listening.
  void half_close();

  /// Says so to the clients, in the broker's place.
  void say(const std::string& bytes);

  /// What every client is told, once it has said something.
  void answer_with(std::string bytes);

  /// How many have called so far, and how many are on the line.
  std::size_t calls() const { return calls_.load(); }
  std::size_t lines();

private:
  enum class holding : std::uint8_t { nothing, answers, all };

  struct side {
    int fd = -1;
    std::string waiting; ///< to be written there
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

/// A port where nobody listens.
std::uint16_t closed_port();

} // namespace restante::testing
