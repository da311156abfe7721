#pragma once

#include "restante/broker/api/caller.hpp"
#include "restante/broker/api/configure.hpp"
#include "restante/broker/api/handlers.hpp"
#include "restante/broker/api/options.hpp"
#include "restante/messages/counts.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace restante {

class broker_core;

namespace model {
class output_budget;
} // namespace model

/// What the journal does (spec D1–D3).
struct journal_stats : journal_counts<std::uint64_t> {
  /// How many commits took no longer than each of commit_latency_bounds_us; the last: longer.
  std::array<std::uint64_t, commit_latency_bounds_us.size() + 1> latencies{};
  std::uint64_t commit_us = 0;  ///< that all commits took
  bool is_failing = false;      ///< see journal_condition
  std::uint64_t bytes = 0;      ///< of the data directory
  std::uint64_t free_bytes = 0; ///< on its disk
};

/// What is wrong with the journal, if anything.
struct journal_condition {
  bool is_failing = false;         ///< puts and acks are refused: the disk is full or fails
  std::uint64_t slots_damaged = 0; ///< refused, until a backup or a repair is in place
};

/// How much of what there is.
struct broker_stats : broker_counts<std::uint64_t> {
  std::uint64_t expired = 0;            ///< notifications, delivered ones included (spec N8)
  std::uint64_t memory_bytes = 0;       ///< as counted against the limit (spec N18)
  restante::limits bounds;              ///< of the figures above
  std::uint64_t output_bytes = 0;       ///< queued for readers, as counted against its share
  std::uint64_t output_limit_bytes = 0; ///< of output_bytes: a quarter of the memory limit
  std::optional<journal_stats> journal; ///< nothing without one
};

/// A broker: keeps notifications for clients that are away, and ephemeral state for as
/// long as its owner is connected. Safe to use from several threads.
class broker {
public:
  /// A broker with an actor system of its own. Throws journal::storage_error where
  /// `options::data_directory` cannot be used, this one and the next.
  explicit broker(options how = {});

  /// A broker in an actor system that exists, and outlives it. `configure` its config
  /// first; what does not fit is reported to `options::log`. In a system with CAF's test
  /// scheduler everything runs in virtual time.
  explicit broker(caf::actor_system& system, options how = {});

  broker(broker&&) noexcept;
  broker& operator=(broker&&) noexcept;

  /// Stops it, if it was not.
  ~broker();

  /// Connects a client whose output goes to callbacks.
  connection connect(connect_options who, handlers what = {});

  /// Connects a client whose output goes to an actor (see `sink_actor`).
  connection connect(connect_options who, sink_actor out);

  /// Connects a client whose output goes to a sink of your own.
  connection connect(connect_options who, std::unique_ptr<sink> out);

  /// The identity with every right.
  server_identity& server();

  /// One more of them, for a thread of its own: each is an actor, and many threads that put
  /// through one wait for each other. Dropping it ends it, once its answers are there.
  server_identity open_server();

  /// Asks as a client without being its connection: what an HTTP request with its token
  /// does. `rights` null: everything a client may do. With an invalid address, and once the
  /// broker stops, every operation is refused for that.
  visitor open_visitor(client_address who, std::shared_ptr<const model::rights> rights = nullptr);

  /// For transports: lets somebody in, as a client's connection, a visitor or the server
  /// identity, whose output goes to `out`. One that is refused has heard so there.
  std::shared_ptr<connection_endpoint> admit(attachment_kind how, connect_options who,
                                             std::unique_ptr<sink> out);

  broker_stats stats() const;

  /// Without looking at the disk, which may hang. Without a journal nothing is wrong.
  restante::journal_condition journal_condition() const;

  /// The present in the times that the broker shows (spec T1): what the difference of two of them
  /// means does not change when the wall clock is set. Safe from any thread.
  instant now() const;

  /// What the wall clock shows at this moment: what tokens are judged by. Safe from any thread.
  instant wall_now() const;

  /// The bounds it was started with.
  const limits& bounds() const;

  /// Where a transport counts the output that it has queued (spec N18).
  std::shared_ptr<model::output_budget> output();

  caf::actor_system& system();

  /// Stops: no new connections, each told goodbye, accepted work finished, then all actors
  /// ended; at once when `drain_timeout` is over (spec C6). Stopping again does nothing.
  /// Not from a callback.
  void stop();

  /// Makes a `stop`, under way in another thread or yet to come, wait for accepted work no
  /// longer: what a second signal asks for. From any thread, also a signal handler; doing
  /// it again does nothing.
  void hurry();

private:
  std::shared_ptr<broker_core> core_;
};

} // namespace restante
