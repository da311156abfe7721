#pragma once

#include "restante/actors/protocol/hooks.hpp"
#include "restante/messages/instant.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace restante {

/// Where a broker elsewhere is, and how hard to look for it.
struct remote_options {
  /// `ws://HOST:PORT` or `wss://HOST:PORT`, with or without a path (default `/v1/ws`);
  /// `caf://HOST:PORT` for a CAF node.
  std::string url = "ws://127.0.0.1:7467";

  /// Says who it is, where the broker wants to know. `token_source`, if there is one, is
  /// asked for a fresh one at each connect.
  std::string token{};
  std::function<std::string()> token_source{};

  /// PEM file with those who may vouch for a `wss` broker; empty: the system's.
  std::string ca_file{};

  /// A lost broker is looked for again, after pauses that double from the first to the
  /// longest, each cut by up to a half at random, so that many do not come at once.
  bool reconnect = true;
  std::chrono::milliseconds first_pause{100};
  std::chrono::milliseconds longest_pause{30'000};

  /// Out of reach for so long, it is given up; none: never, zero: at once.
  std::optional<std::chrono::milliseconds> give_up_after{};

  /// From nothing to a connection, or to the end of one that was left cleanly.
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds close_timeout{2'000};

  /// After this an operation ends `unknown_outcome`, or `unreachable` if it never went out.
  duration operation_deadline = std::chrono::seconds{30};

  /// Operations that wait to go out, of one connection; beyond it they are `overloaded`.
  std::size_t waiting_operations = 65'536;
  std::uint64_t waiting_bytes = std::uint64_t{64} << 20;

  /// What one connection's sink may have taken and not be done with; then no more is read.
  std::uint64_t input_bytes = std::uint64_t{4} << 20;

  /// Of a CAF node: must be the broker's own (`ping_interval_ms`), else one side takes the
  /// other for dead.
  std::chrono::milliseconds ping_interval{10'000};

  /// Receives a line for the operator now and then; standard error by default.
  log_hook log{};
};

} // namespace restante
