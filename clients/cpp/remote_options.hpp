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

/// The address of a remote broker, and how to connect to it.
struct remote_options {
  /// `ws://HOST:PORT` or `wss://HOST:PORT`, with or without a path (default `/v1/ws`);
  /// `caf://HOST:PORT` for a CAF node.
  std::string url = "ws://127.0.0.1:7467";

  /// Identifies the client where the broker requires a token. If `token_source` is set, it is asked
  /// for a fresh token at each connect.
  std::string token{};
  std::function<std::string()> token_source{};

  /// A PEM file with the certificate authorities for a `wss` broker; empty: those of the system.
  std::string ca_file{};

  /// Whether to reconnect to a lost broker. The pauses double from the first to the longest. Each
  /// pause is cut by up to a half at random, so that clients do not reconnect all at once.
  bool reconnect = true;
  std::chrono::milliseconds first_pause{100};
  std::chrono::milliseconds longest_pause{30'000};

  /// How long the broker may be out of reach before the link gives up; none: no limit; zero: give
  /// up immediately.
  std::optional<std::chrono::milliseconds> give_up_after{};

  /// The time to connect, and the time to end a connection cleanly.
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds close_timeout{2'000};

  /// After this time an operation ends with `unknown_outcome`, or with `unreachable` if it was
  /// never sent.
  duration operation_deadline = std::chrono::seconds{30};

  /// How many operations of one connection may wait to be sent; further ones are `overloaded`. A
  /// put to many targets counts as that many, and is taken in any case when nothing else waits.
  std::size_t waiting_operations = 65'536;
  std::uint64_t waiting_bytes = std::uint64_t{64} << 20;

  /// How many bytes one connection's sink may hold unconfirmed; beyond this nothing more is read.
  std::uint64_t input_bytes = std::uint64_t{4} << 20;

  /// Only for a CAF node: must equal the broker's own (`ping_interval_ms`), otherwise one side
  /// takes the other for dead.
  std::chrono::milliseconds ping_interval{10'000};

  /// Receives a line for the operator now and then; standard error by default.
  log_hook log{};
};

} // namespace restante
