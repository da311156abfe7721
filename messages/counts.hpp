#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace restante {

// The counters of a broker. Each counter is a member and a row; the stats, the metrics and their
// JSON follow from the rows. `Number` is an atomic where the broker counts, and a plain number in
// the answer of `broker::stats`.

/// The Prometheus type of a figure: a gauge goes up and down, a counter only goes up.
enum class figure_kind : std::uint8_t { gauge, counter };

/// One counter: its name in `/v1/stats` (`/metrics` adds `restante_` and `_total`), and its member.
template <class Counts, class Number>
struct count_row {
  std::string_view name;
  figure_kind kind;
  Number Counts::*member;
  std::string_view help;
};

/// The counters of an environment.
template <class Number>
struct broker_counts {
  Number connections{0};
  Number clients{0}; ///< client actors: connected, or with something kept
  Number topics{0};  ///< topic actors: with keys or subscribers
  Number waiting{0}; ///< notifications that are not delivered yet
  Number actors{0};
  Number memory_limits{0}; ///< how often the bound of the broker or of a namespace was met
  Number puts{0};
  Number delivered{0};
  Number evicted{0};
  Number refused_overloaded{0}; ///< operations and targets; without refusals by a full inbox
  Number events{0};
  Number clears{0};             ///< keys that ended, for any reason
  Number publisher_failures{0}; ///< failed calls of the embedder's hook (spec E15)
  Number clock_steps{0};        ///< how often the wall clock was set
  Number crashes{0};            ///< always a bug

  static constexpr auto rows() {
    using enum figure_kind;
    using c = broker_counts;
    return std::to_array<count_row<c, Number>>({
        {"connections", gauge, &c::connections, "Client connections, detached ones too."},
        {"clients", gauge, &c::clients, "Clients connected, or with something kept."},
        {"topics", gauge, &c::topics, "Topics with keys or subscribers."},
        {"waiting", gauge, &c::waiting, "Notifications that are not delivered yet."},
        {"actors", gauge, &c::actors, "Actors of the broker."},
        {"memory_limits_met", counter, &c::memory_limits, "Times that no room was found in one."},
        {"puts", counter, &c::puts, "Notifications accepted."},
        {"delivered", counter, &c::delivered, "Notifications acknowledged."},
        {"evicted", counter, &c::evicted, "Notifications evicted at a full target."},
        {"refused_overloaded", counter, &c::refused_overloaded, "Operations refused: overloaded."},
        {"events", counter, &c::events, "Events on topics."},
        {"clears", counter, &c::clears, "Keys that went, for whatever reason."},
        {"publisher_failures", counter, &c::publisher_failures, "Calls of the hook that failed."},
        {"clock_steps", counter, &c::clock_steps, "Times that the wall clock was set."},
        {"crashes", counter, &c::crashes, "Actors that failed: always a bug."},
    });
  }
};

/// The counters of the journal (spec D1–D3).
template <class Number>
struct journal_counts {
  Number commits{0};
  Number changes{0};          ///< committed changes: puts, acks and so on
  Number failures{0};         ///< of the store, while it commits, restores or tidies
  Number waiting_changes{0};  ///< changes on their way to the disk
  Number waiting_bytes{0};    ///< bytes of these changes
  Number slots_to_restore{0}; ///< zero once the restart is complete
  Number slots_damaged{0};    ///< refused, until a backup or a repair is in place

  static constexpr auto rows() {
    using enum figure_kind;
    using c = journal_counts;
    return std::to_array<count_row<c, Number>>({
        {"journal_commits", counter, &c::commits, "Commits to the data directory."},
        {"journal_changes", counter, &c::changes, "Changes committed: puts, acks and so on."},
        {"journal_failures", counter, &c::failures, "Failures of the data directory or its disk."},
        {"journal_waiting_changes", gauge, &c::waiting_changes,
         "Changes on their way to the disk."},
        {"journal_waiting_bytes", gauge, &c::waiting_bytes, "Bytes on their way to the disk."},
        {"journal_slots_to_restore", gauge, &c::slots_to_restore, "Slots not restored yet."},
        {"journal_slots_damaged", gauge, &c::slots_damaged, "Slots that are refused."},
    });
  }
};

/// Upper bounds of the buckets of commit latencies, in microseconds. One more bucket counts all
/// longer commits.
inline constexpr std::array<std::uint64_t, 11> commit_latency_bounds_us{
    100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 1'000'000};

/// Reads every counter of `now` into `seen`. A member without a row does not compile.
template <template <class> class Counts>
void read_counts(const Counts<std::atomic<std::uint64_t>>& now, Counts<std::uint64_t>& seen) {
  constexpr auto from = Counts<std::atomic<std::uint64_t>>::rows();
  constexpr auto to = Counts<std::uint64_t>::rows();
  static_assert(to.size() * sizeof(std::uint64_t) == sizeof(Counts<std::uint64_t>),
                "each counter needs one row");
  for (std::size_t row = 0; row < to.size(); ++row)
    seen.*to[row].member = (now.*from[row].member).load();
}

} // namespace restante
