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
  /// How many commits took at most each of commit_latency_bounds_us; the last element counts all
  /// slower ones.
  std::array<std::uint64_t, commit_latency_bounds_us.size() + 1> latencies{};
  std::uint64_t commit_us = 0;  ///< total duration of all commits
  bool is_failing = false;      ///< see journal_condition
  std::uint64_t bytes = 0;      ///< size of the data directory
  std::uint64_t free_bytes = 0; ///< free space on its disk
};

/// What is wrong with the journal, if anything.
struct journal_condition {
  bool is_failing = false; ///< puts and acks are refused: the disk is full or fails
  std::uint64_t slots_damaged =
      0; ///< slots that are refused until a backup or a repair is in place
};

/// Counts of everything in the broker.
struct broker_stats : broker_counts<std::uint64_t> {
  std::uint64_t expired = 0;      ///< notifications, delivered ones included (spec N8)
  std::uint64_t memory_bytes = 0; ///< as counted against the limit (spec N18)
  restante::limits bounds;        ///< the limits of the figures above
  std::uint64_t output_bytes = 0; ///< queued for readers, as counted against its share
  std::uint64_t output_limit_bytes =
      0; ///< the limit of output_bytes: a quarter of the memory limit
  std::optional<journal_stats> journal; ///< nothing without a journal
};

/// A broker: keeps notifications for clients that are away, and ephemeral state for as
/// long as its owner is connected. Safe to use from several threads.
class broker {
public:
  /// Makes a broker with an actor system of its own. Both constructors throw journal::storage_error
  /// when `options::data_directory` cannot be used.
  explicit broker(options how = {});

  /// Makes a broker in an existing actor system, which must outlive the broker. Call `configure` on
  /// its config first; what does not fit is reported to `options::log`. In a system with CAF's test
  /// scheduler everything runs in virtual time.
  explicit broker(caf::actor_system& system, options how = {});

  broker(broker&&) noexcept;
  broker& operator=(broker&&) noexcept;

  /// Stops the broker, if it is not stopped yet.
  ~broker();

  /// Connects a client whose output goes to callbacks.
  connection connect(connect_options who, handlers what = {});

  /// Connects a client whose output goes to an actor (see `sink_actor`).
  connection connect(connect_options who, sink_actor out);

  /// Connects a client whose output goes to a sink of your own.
  connection connect(connect_options who, std::unique_ptr<sink> out);

  /// The identity with every right.
  server_identity& server();

  /// Makes one more server identity, for a thread of its own. Each server identity is an actor, and
  /// threads that put through the same one wait for each other. Dropping it ends it once its
  /// answers are there.
  server_identity open_server();

  /// Asks on behalf of a client without being its connection, as an HTTP request with its token
  /// does. `rights` null: everything a client may do. When the address is invalid, or the broker
  /// stops, every operation fails with that error.
  visitor open_visitor(client_address who, std::shared_ptr<const model::rights> rights = nullptr);

  /// For transports: opens a client's connection, a visit or the server identity, whose output goes
  /// to `out`. A refusal is reported to `out`.
  std::shared_ptr<connection_endpoint> admit(attachment_kind how, connect_options who,
                                             std::unique_ptr<sink> out);

  broker_stats stats() const;

  /// Never accesses the disk, which may hang. Without a journal nothing is wrong.
  restante::journal_condition journal_condition() const;

  /// The present on the time scale that the broker shows (spec T1). Setting the wall clock does not
  /// change the difference of two such times. Safe from any thread.
  instant now() const;

  /// The present of the wall clock, which decides whether tokens are valid. Safe from any thread.
  instant wall_now() const;

  /// The limits that the broker was started with.
  const limits& bounds() const;

  /// The budget in which a transport counts its queued output (spec N18).
  std::shared_ptr<model::output_budget> output();

  caf::actor_system& system();

  /// Stops the broker: it refuses new connections, says goodbye to each connection, finishes
  /// accepted work and ends all actors. When `drain_timeout` is over, the actors end immediately
  /// (spec C6). Stopping again does nothing. Not from a callback.
  void stop();

  /// Makes a `stop` not wait for accepted work, whether it runs in another thread or comes later:
  /// the purpose of a second signal. Safe from any thread and from a signal handler. Repeating it
  /// does nothing.
  void hurry();

private:
  std::shared_ptr<broker_core> core_;
};

} // namespace restante
