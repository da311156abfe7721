#pragma once

#include "restante/benchmarks/harness.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The operations that a scenario needs from a store or broker. There is one implementation for
/// each of the two that are compared; nothing here favours calls or messages.
namespace restante::benchmarks {

using pack_view = std::span<const std::byte>;

/// The session of one thread of a benchmark; not shared between threads.
class session {
public:
  struct totals {
    std::size_t accepted = 0;
    std::size_t drained = 0;
  };

  virtual ~session() = default;

  /// Puts a copy of `pack`; the answer may come later.
  virtual void put(std::string_view to, pack_view pack, std::chrono::milliseconds ttl) = 0;

  /// Takes every queued notification of `to`; the answer may come later.
  virtual void drain(std::string_view to) = 0;

  /// Waits for all answers and returns their totals since the last call. Throws when an answer is
  /// an error.
  virtual totals await_answers() = 0;

  /// Puts a notification that was due at `due`. Its latency counts from that instant, so a stall
  /// counts for every put that should have happened during the stall.
  virtual void put_due(std::string_view to, pack_view pack, bench_clock::time_point due) = 0;

  /// Waits for the answers to `put_due` and returns the latencies, in any order.
  virtual std::vector<std::chrono::nanoseconds> take_latencies() = 0;
};

class subject {
public:
  using connection_id = std::size_t;

  virtual ~subject() = default;

  /// A session with every right (drains are the server's), sending as `from`.
  virtual std::unique_ptr<session> open_session(std::string_view from) = 0;

  /// Makes `count` puts; the answer to each put triggers the next.
  virtual std::vector<std::chrono::nanoseconds> put_chain(std::string_view to, pack_view pack,
                                                          std::size_t count) = 0;

  /// Makes `count` puts; the calling thread waits for each answer.
  virtual std::vector<std::chrono::nanoseconds> put_blocking(std::string_view to, pack_view pack,
                                                             std::size_t count) = 0;

  /// Returns when `count` further notifications have expired and are removed; notifications counted
  /// by an earlier call do not count again. For a store with a janitor, this call is the janitor.
  virtual void await_expired(std::size_t count) = 0;

  /// The connect is answered before this call returns. Connections last as long as the subject.
  virtual connection_id connect(const std::string& client) = 0;

  /// Every event of the topic is counted in `events`, which must outlive the subject's next event.
  /// A second call for the same topic replaces the countdown.
  virtual void subscribe(connection_id who, const std::string& topic, countdown& events) = 0;

  /// Sets a key; the answer may come later.
  virtual void set(connection_id who, const std::string& topic, const std::string& key,
                   pack_view payload) = 0;

  /// Waits for the answers to `set`; throws when an answer is an error.
  virtual void await_sets() = 0;

  /// Drops the connection uncleanly; returns at once.
  virtual void cut(connection_id who) = 0;

  /// How many entries the topic lists.
  virtual std::size_t list(const std::string& topic) = 0;
};

/// A new subject, with space reserved for the given number of notifications if it can reserve
/// space.
using subject_factory = std::function<std::unique_ptr<subject>(std::size_t expected_notifications)>;

/// The mutex-and-maps baseline.
std::unique_ptr<subject> make_mutex_subject(std::size_t expected_notifications);

} // namespace restante::benchmarks
