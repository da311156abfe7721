#pragma once

#include "restante/actors/inbox.hpp"
#include "restante/actors/model/account.hpp"
#include "restante/actors/model/output_budget.hpp"
#include "restante/actors/model/repeat_filter.hpp"
#include "restante/actors/model/routing.hpp"
#include "restante/actors/protocol/event_log.hpp"
#include "restante/actors/protocol/hooks.hpp"
#include "restante/actors/protocol/interfaces.hpp"
#include "restante/actors/protocol/machine_clocks.hpp"
#include "restante/actors/protocol/thrown_log.hpp"
#include "restante/actors/random_source.hpp"
#include "restante/messages/counts.hpp"
#include "restante/messages/limits.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace restante {

/// The journal's counters and the sums of its latencies; read by `broker::stats`.
struct journal_counters : journal_counts<std::atomic<std::uint64_t>> {
  std::array<std::atomic<std::uint64_t>, commit_latency_bounds_us.size() + 1> latencies{};
  std::atomic<std::uint64_t> commit_us{0}; ///< the time of all commits together
  std::atomic<bool> is_failing{false};     ///< the last commit or upkeep did not succeed
};

/// How an environment is made.
struct environment_options {
  limits bounds;
  std::size_t slots = 16;            ///< hash slots of each kind
  std::optional<std::uint64_t> seed; ///< makes a run repeatable
  instant started_at;                ///< the broker's time at the clock's `origin`
  duration wall_ahead{0};            ///< how far the wall clock is ahead at that moment
  machine_clocks clocks{};           ///< if `wall` is null, the wall clock is never set
  const caf::actor_clock* clock =
      nullptr; ///< for events that are logged once a period; null: these are not logged
  caf::actor_clock::time_point origin;
  publisher_hook publisher;
  log_hook log;                               ///< default: nowhere
  std::shared_ptr<event_log> events;          ///< default: as lines to `log`
  std::optional<model::routing::key> key;     ///< of the hash; default: random, or of the seed
  epoch_number first_epoch = 0;               ///< 0: time at start, in microseconds
  unsigned route_bits = trace_id::route_bits; ///< fewer bits make routes collide: for tests only
};

/// State that all actors of one broker share: bounds, the clock's offset, random bits, memory
/// accounts, and the owner of each slot. After the start only counters and the registries change;
/// the registries have locks.
class environment {
public:
  explicit environment(environment_options options);

  const limits bounds;
  const model::routing routing;
  const publisher_hook publisher;
  const log_hook log;
  thrown_log thrown; ///< exceptions of an embedder's functions, to `log`
  random_source random;
  broker_counts<std::atomic<std::uint64_t>> count;
  journal_counters journalled;
  inbox_registry open_inboxes;
  std::atomic<bool> stopping{false};

  /// Counts output that is queued for readers, apart from stored data (spec N18). It outlives the
  /// broker if a transport still holds output.
  const std::shared_ptr<model::output_budget> output;

  /// The current time in the one time domain (spec T1): it runs evenly, even if the wall clock is
  /// set.
  instant now(const caf::actor_clock& clock) const;

  /// The wall clock now. Used for times that others have set, such as times in tokens.
  instant wall_now(const caf::actor_clock& clock) const;

  /// How far the wall clock is ahead of `now`, for times that are shown to people. After the wall
  /// clock was set, this changes within a tenth of a second. Otherwise it does not change: a time
  /// that was shown once is shown unchanged later.
  duration wall_ahead(const caf::actor_clock& clock);

  /// The present readings of the clocks, for the journal.
  clock_note note_clocks(const caf::actor_clock& clock);

  /// Logs an event for the operator: to `options.events`, or without that as a line to `log`.
  void tell(severity how, std::string_view event, std::initializer_list<log_field> fields);

  /// Counts an eviction in the queue of a client, and logs it if evictions go on.
  void evicted(const client_address& whose, instant now);

  instant started_at() const { return started_at_; }

  /// Epochs count from here: time at start in microseconds, or more (spec C1).
  epoch_number first_epoch() const { return first_epoch_; }

  /// The memory account of a namespace, made on first use.
  std::shared_ptr<model::account> account_of(const std::string& ns);
  model::account& whole() { return *whole_; }

  /// The owners of the slots. Set once, before the first operation.
  void set_shards(std::vector<client_shard_actor> clients, std::vector<topic_shard_actor> topics);
  const client_shard_actor& client_shard(route_number route) const;
  const topic_shard_actor& topic_shard(route_number route) const;
  const std::vector<client_shard_actor>& client_shards() const { return client_shards_; }
  const std::vector<topic_shard_actor>& topic_shards() const { return topic_shards_; }

  /// The journal, if there is one. Set once, before the first operation.
  void set_journal(journal_actor journal) {
    journal_ = std::move(journal);
    has_journal_ = true;
  }
  bool has_journal() const { return has_journal_; }
  const journal_actor& journal() const { return journal_; }

  /// Counts the changes on their way to the journal, until the journal has handled them.
  void journal_took(const journal_changes& what);
  void journal_did(const journal_changes& what);
  bool is_journal_full() const;

  /// Releases the shards once no actor is left that could send to one: at once, or when the last
  /// actor that `stop` did not wait for has ended.
  void release_shards();

  /// Called once by each actor, when it ends.
  void actor_ended();

  /// Called by an actor that meets a memory bound, with its account. If the account or the whole
  /// broker is short of memory, the oldest delivered records are forgotten (spec N18). The cost
  /// does not grow with the stored data, and is zero while a trim is under way or when there are no
  /// such records.
  void relieve_memory(model::account& of, instant now);

  /// Takes the next step of a trim after a step is done. Ends the trim when there is room or
  /// nothing is left.
  void go_on_trimming(model::account& of, instant now);

private:
  void release_if_last();
  void forget_some_unused();
  void look_at_wall_clock(const caf::actor_clock& clock);
  void memory_limit_met(const model::account& by);

  const instant started_at_;
  const epoch_number first_epoch_;
  const caf::actor_clock::time_point origin_;
  const machine_clocks clocks_;
  const caf::actor_clock* const clock_;
  const std::shared_ptr<event_log> events_;
  std::atomic<std::int64_t> wall_ahead_ns_;
  std::atomic<std::int64_t> wall_seen_ns_{0}; ///< when the wall clock was last read, by `now`
  model::repeat_filter memory_limits_;
  model::repeat_filter evictions_{2};
  std::shared_ptr<model::account> whole_;
  std::mutex accounts_mutex_;
  std::map<std::string, std::shared_ptr<model::account>> accounts_;
  std::string pruned_up_to_; ///< the account that was looked at last
  std::vector<client_shard_actor> client_shards_;
  std::vector<topic_shard_actor> topic_shards_;
  journal_actor journal_;
  bool has_journal_ = false;
  std::atomic<bool> is_releasing_{false};
};

using environment_ptr = std::shared_ptr<environment>;

} // namespace restante
