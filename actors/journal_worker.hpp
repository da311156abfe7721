#pragma once

#include "restante/actors/environment.hpp"
#include "restante/actors/model/store.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace restante {

/// The alarms of the journal, which only the journal itself can send.
using journal_alarms = typed<accepts<commit_due>, accepts<restore_due>, accepts<upkeep_due>>;

/// The journal: owns the store. It is the only actor that blocks, so it has a thread of its own.
///
/// The journal gathers changes until a message that it has sent to itself arrives, behind all
/// changes that came in during the last commit. So concurrent puts share one commit, the commit
/// rate follows the disk, a single put is committed at once, and no put waits for a timer.
class journal_worker : public journal_actor::extend_with<journal_alarms>::base {
public:
  using self = journal_actor::extend_with<journal_alarms>;
  using base = self::base;

  journal_worker(caf::actor_config& config, environment_ptr environment,
                 std::unique_ptr<journal::store> kept);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct asked_slot {
    get_kept what;
    caf::strong_actor_ptr by;
  };

  void on(journal_changes& m);
  void on(const get_kept& m);
  void on(const hurry_slot& m);
  void on(const commit_due& m);
  void on(const restore_due& m);
  void on(const upkeep_due& m);
  void on(const stop_journal& m);

  void commit();
  void commit_apart(const journal::storage_error& why);
  void answer_committed();
  void answer_failed();
  void let_go();
  void note_latency(std::chrono::steady_clock::duration took);
  void note_fault(const journal::storage_error& what);
  void worked();
  void end_fault_if_over();
  void recheck();
  void tidy();
  bool is_all_read() const;
  void note_clocks();
  void note_clocks_if_due();
  std::deque<asked_slot>::iterator next_asked();
  void begin_restore();
  void serve(asked_slot which);
  void begin_upkeep();

  instant now() const { return environment_->now(clock()); }

  environment_ptr environment_;
  std::unique_ptr<journal::store> store_;

  std::vector<journal_changes> gathered_;
  std::vector<caf::strong_actor_ptr> gathered_from_;
  std::uint64_t gathered_bytes_ = 0;

  std::deque<asked_slot> asked_;
  std::set<slot_number> hurried_;
  std::set<slot_number> read_; ///< the slots that were read to the end, or as far as possible
  std::optional<slot_number> in_turn_; ///< its restore ends before the next one begins

  std::uint64_t untidied_ = 0; ///< changes since the store was tidied
  bool restore_is_due_ = false;
  bool upkeep_is_due_ = false;
  std::set<slot_number> damaged_; ///< each is logged once

  // A lasting fault is logged once when it begins, and once when it is over.
  bool is_faulty_ = false;
  bool is_working_ = true; ///< the last attempt succeeded
  std::optional<instant> recheck_at_;
  instant faulty_since_;
  instant failed_at_;         ///< when the store failed last
  std::uint64_t refused_ = 0; ///< changes, since `faulty_since_`

  std::optional<instant> noted_at_; ///< when the clocks were last noted
  duration noted_ahead_{0};
};

} // namespace restante
