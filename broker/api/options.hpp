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

/// Opens the store of a broker's journal; `wanted` describes a new store.
using store_opener =
    std::function<std::unique_ptr<journal::store>(const journal::store_identity& wanted)>;

/// The options of a broker.
struct options {
  restante::limits limits;

  /// The directory where notifications are kept. It is made if it does not exist, and no other
  /// broker may use it. Empty: in memory only. With a directory, every acknowledged put survives a
  /// crash (spec D1). An existing directory overrides `slots`. A broker that cannot open it throws
  /// journal::storage_error.
  std::string data_directory;

  /// Opens the store in another way, or opens a store of your own. Works without a data directory
  /// too.
  store_opener open_store;

  /// Hash slots: the number of shard actors of each kind. More slots let more cores work at once.
  std::size_t slots = 16;

  /// Threads of the actor system that the broker makes; 0: one per core.
  std::size_t threads = 0;

  /// How long `stop` waits for accepted work (spec C6).
  duration drain_timeout = std::chrono::seconds{10};

  /// The ping interval that a connection is told to expect; transports keep to it (spec C3).
  std::chrono::milliseconds ping_interval = std::chrono::seconds{10};

  /// Receives every topic event as JSON (spec E15).
  publisher_hook publisher;

  /// Receives a line for the operator now and then. The default is standard error, where lines that
  /// cannot be written are dropped. Called by threads of the broker, so it must not block.
  log_hook log;

  /// Receives events for the operator, such as `journal_failed`, with names and values. By default
  /// they become lines for `log`.
  std::shared_ptr<event_log> events;

  /// Makes traces, tokens and hashing repeatable. Only for tests: the bits are not secret then.
  std::optional<std::uint64_t> seed;

  /// The wall time at the start, instead of the system's. It is never set later. For tests.
  std::optional<instant> started_at;

  /// Replaces the clocks of the machine, for tests. Takes precedence over `started_at`.
  machine_clocks clocks;

  /// Bits of the route in a trace; fewer make routes collide: for tests.
  unsigned route_bits = trace_id::route_bits;
};

/// Who connects, and with which options (spec W4).
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
