#pragma once

#include "restante/actors/protocol/event_log.hpp"
#include "restante/actors/protocol/hooks.hpp"
#include "restante/actors/protocol/machine_clocks.hpp"
#include "restante/messages/attachment.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/limits.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace restante {

namespace model {
struct rights;
} // namespace model

namespace journal {
class store;
struct store_identity;
} // namespace journal

/// Opens the store of a broker's journal; `wanted` is what a new one is to be made with.
using store_opener =
    std::function<std::unique_ptr<journal::store>(const journal::store_identity& wanted)>;

/// How a broker is started.
struct options {
  restante::limits limits;

  /// Where notifications are kept on disk, in a directory that is made if need be and that no other
  /// broker uses; empty: in memory only. With it an answered put survives a crash (spec D1).
  /// What is in there decides on `slots`. A broker that cannot open it throws
  /// journal::storage_error.
  std::string data_directory;

  /// Opens the store in another way, or one of your own, without a data directory too.
  store_opener open_store;

  /// Hash slots: shard actors of each kind. More let more cores work at once.
  std::size_t slots = 16;

  /// Threads of an actor system that the broker makes itself; 0: one per core.
  std::size_t threads = 0;

  /// How long `stop` waits for accepted work (spec C6).
  duration drain_timeout = std::chrono::seconds{10};

  /// What a connection is told to expect of pings; transports keep to it (spec C3).
  std::chrono::milliseconds ping_interval = std::chrono::seconds{10};

  /// Receives every topic event as JSON (spec E15).
  publisher_hook publisher;

  /// Receives a line for the operator now and then; standard error by default, where a line that
  /// nobody reads is dropped. Called by threads that serve, so it must not block.
  log_hook log;

  /// Receives what an operator should know as events with names and values, such as
  /// `journal_failed`; by default they are lines to `log`.
  std::shared_ptr<event_log> events;

  /// Makes traces, tokens and hashing repeatable. For tests: the bits are not secret then.
  std::optional<std::uint64_t> seed;

  /// Wall time at start instead of the system's, and nobody sets it later: for tests.
  std::optional<instant> started_at;

  /// The clocks of the machine instead of the system's: for tests. Before `started_at`.
  machine_clocks clocks;

  /// Bits of the route in a trace; fewer make routes collide: for tests.
  unsigned route_bits = trace_id::route_bits;
};

/// Who connects, and how (spec W4).
struct connect_options {
  std::string client{};
  std::string ns{};
  ack_mode acks = ack_mode::automatic;
  std::uint32_t max_inflight = inflight_max;     ///< 1 to 64; more is clamped
  duration resume_window{0};                     ///< at most 5 min; more is clamped (spec C4)
  trace_id resume{};                             ///< the token of a connection to resume
  std::shared_ptr<const model::rights> rights{}; ///< null: everything (spec W7)
};

} // namespace restante
