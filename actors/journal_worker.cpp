#include "restante/actors/journal_worker.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <utility>

namespace restante {

namespace {

/// The most changes in one commit, so that the first change in it does not wait for many others.
constexpr std::size_t commit_changes_max = 4096;
constexpr std::uint64_t commit_bytes_max = std::uint64_t{16} << 20;

/// Rows read in one step: some milliseconds, for which a put may have to wait.
constexpr std::size_t rows_at_once = 2048;

/// After this many changes the store is tidied.
constexpr std::uint64_t changes_per_upkeep = 1024;

/// How long the worker waits before it tries again to read a slot or to write to the disk after a
/// failure.
constexpr auto retry_after = std::chrono::seconds{1};

/// A fault is over when the store works and nothing has failed for this time: on a full disk, small
/// changes may succeed between large changes that fail.
constexpr auto quiet_after_fault = std::chrono::seconds{5};

/// How often a journal in use notes the clocks. A lifetime may grow by this much when the machine
/// was restarted with a clock that had been set back.
constexpr duration clocks_noted_every = std::chrono::minutes{1};

} // namespace

journal_worker::journal_worker(caf::actor_config& config, environment_ptr environment,
                               std::unique_ptr<journal::store> kept)
    : base{config}, environment_{std::move(environment)}, store_{std::move(kept)} {
  dialect::drop_unexpected(this);
  environment_->count.actors.fetch_add(1);
}

journal_worker::behavior_type journal_worker::make_behavior() {
  return {
      [this](journal_changes& m) { on(m); },  [this](const get_kept& m) { on(m); },
      [this](const hurry_slot& m) { on(m); }, [this](const stop_journal& m) { on(m); },
      [this](const commit_due& m) { on(m); }, [this](const restore_due& m) { on(m); },
      [this](const upkeep_due& m) { on(m); },
  };
}

void journal_worker::on_exit() {
  gathered_from_.clear();
  asked_.clear();
  store_.reset();
  environment_->actor_ended();
}

void journal_worker::on(journal_changes& m) {
  if (gathered_.empty())
    dialect::tell(this, caf::actor_cast<self>(this), commit_due{});
  gathered_bytes_ += bytes_of(m);
  gathered_.push_back(std::move(m));
  gathered_from_.push_back(dialect::sender_of(this));
  if (gathered_.size() >= commit_changes_max || gathered_bytes_ >= commit_bytes_max)
    commit();
}

void journal_worker::on(const commit_due&) {
  commit();
}

void journal_worker::commit() {
  if (gathered_.empty())
    return;
  const auto began = std::chrono::steady_clock::now();
  try {
    store_->commit(gathered_);
    note_latency(std::chrono::steady_clock::now() - began);
    answer_committed();
    note_clocks_if_due();
  } catch (const journal::storage_error& what) {
    note_fault(what);
    commit_apart(what);
  }
  begin_upkeep();
}

/// A fault of one slot must not affect the others: changes of other slots are tried again (spec
/// D3).
void journal_worker::commit_apart(const journal::storage_error& why) {
  const auto slot = why.slot();
  const auto is_hit = [slot](const journal_changes& one) { return one.slot == slot; };
  if (!slot || std::ranges::all_of(gathered_, is_hit) || std::ranges::none_of(gathered_, is_hit)) {
    answer_failed();
    return;
  }
  std::vector<journal_changes> sound;
  std::vector<caf::strong_actor_ptr> sound_from;
  std::vector<journal_changes> hit;
  std::vector<caf::strong_actor_ptr> hit_from;
  for (std::size_t n = 0; n < gathered_.size(); ++n) {
    const bool mine = is_hit(gathered_[n]);
    (mine ? hit : sound).push_back(std::move(gathered_[n]));
    (mine ? hit_from : sound_from).push_back(std::move(gathered_from_[n]));
  }
  gathered_ = std::move(hit);
  gathered_from_ = std::move(hit_from);
  answer_failed();
  gathered_ = std::move(sound);
  gathered_from_ = std::move(sound_from);
  commit();
}

void journal_worker::answer_committed() {
  worked();
  std::uint64_t changes = 0;
  for (std::size_t n = 0; n < gathered_.size(); ++n) {
    const auto& one = gathered_[n];
    changes += size_of(one);
    environment_->journal_did(one);
    const auto first = one.puts.empty() ? row_number{0} : one.puts.front().row;
    dialect::tell_peer<client_with_journal>(this, gathered_from_[n], changes_committed{first});
  }
  untidied_ += changes;
  environment_->journalled.changes.fetch_add(changes, std::memory_order_relaxed);
  let_go();
}

void journal_worker::answer_failed() {
  for (std::size_t n = 0; n < gathered_.size(); ++n) {
    environment_->journal_did(gathered_[n]);
    refused_ += size_of(gathered_[n]);
    dialect::tell_peer<client_with_journal>(this, gathered_from_[n],
                                            changes_failed{errc::storage_failed});
  }
  untidied_ += changes_per_upkeep; // a failed change may need repair
  let_go();
}

void journal_worker::let_go() {
  gathered_.clear();
  gathered_from_.clear();
  gathered_bytes_ = 0;
}

void journal_worker::note_latency(std::chrono::steady_clock::duration took) {
  auto& into = environment_->journalled;
  const auto us = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  into.commits.fetch_add(1, std::memory_order_relaxed);
  into.commit_us.fetch_add(us, std::memory_order_relaxed);
  const auto bucket = std::ranges::lower_bound(commit_latency_bounds_us, us);
  into.latencies[static_cast<std::size_t>(bucket - commit_latency_bounds_us.begin())].fetch_add(
      1, std::memory_order_relaxed);
}

void journal_worker::note_fault(const journal::storage_error& what) {
  environment_->journalled.failures.fetch_add(1, std::memory_order_relaxed);
  if (what.slot()) {
    if (!damaged_.insert(*what.slot()).second)
      return;
    environment_->journalled.slots_damaged.store(damaged_.size());
    environment_->tell(severity::error, "slot_damaged",
                       {{"slot", *what.slot()}, {"reason", what.what()}});
    return;
  }
  is_working_ = false;
  failed_at_ = now();
  const bool is_change = !std::exchange(is_faulty_, true);
  recheck();
  if (!is_change)
    return;
  environment_->journalled.is_failing.store(true);
  faulty_since_ = now();
  refused_ = 0;
  environment_->tell(severity::error, "journal_failed", {{"reason", what.what()}});
}

/// Called when the store has done its work.
void journal_worker::worked() {
  is_working_ = true;
  end_fault_if_over();
  recheck();
}

void journal_worker::end_fault_if_over() {
  if (!is_faulty_ || !is_working_ || now() - failed_at_ < quiet_after_fault)
    return;
  is_faulty_ = false;
  environment_->journalled.is_failing.store(false);
  const auto lasted = now() - faulty_since_;
  environment_->tell(severity::info, "journal_recovered",
                     {{"ms", std::chrono::duration_cast<std::chrono::milliseconds>(lasted).count()},
                      {"refused_changes", refused_}});
}

void journal_worker::note_clocks_if_due() {
  const bool is_set = environment_->wall_ahead(clock()) != noted_ahead_;
  if (!noted_at_ || is_set || now() - *noted_at_ >= clocks_noted_every)
    note_clocks();
}

/// A note that fails now is repeated next time: the store reports its own failures.
void journal_worker::note_clocks() {
  const auto note = environment_->note_clocks(clock());
  try {
    store_->note_clocks(note);
    noted_at_ = note.time;
    noted_ahead_ = note.shift();
  } catch (const journal::storage_error&) { // NOLINT(bugprone-empty-catch)
  }
}

void journal_worker::on(const get_kept& m) {
  asked_.push_back({m, dialect::sender_of(this)});
  begin_restore();
}

void journal_worker::on(const hurry_slot& m) {
  hurried_.insert(m.slot);
}

/// Slots that operations wait for come first, then the slot whose restore has begun: a
/// half-restored slot is of no use.
std::deque<journal_worker::asked_slot>::iterator journal_worker::next_asked() {
  const auto hurried = std::ranges::find_if(
      asked_, [this](const auto& one) { return hurried_.contains(one.what.slot); });
  if (hurried != asked_.end())
    return hurried;
  const auto in_turn =
      std::ranges::find_if(asked_, [this](const auto& one) { return one.what.slot == in_turn_; });
  return in_turn != asked_.end() || in_turn_ ? in_turn : asked_.begin();
}

void journal_worker::begin_restore() {
  if (!std::exchange(restore_is_due_, true))
    dialect::tell(this, caf::actor_cast<self>(this), restore_due{});
}

void journal_worker::on(const restore_due&) {
  restore_is_due_ = false;
  const auto next = next_asked();
  if (next == asked_.end()) // the slot in turn will ask again
    return;
  auto which = std::move(*next);
  asked_.erase(next);
  serve(std::move(which));
  if (!asked_.empty())
    begin_restore();
}

void journal_worker::serve(asked_slot which) {
  kept_view view;
  view.slot = which.what.slot;
  in_turn_ = view.slot;
  try {
    auto slice = store_->restore(view.slot, which.what.after, rows_at_once, now());
    view.notifications = std::move(slice.notifications);
    for (auto& [ns, rows] : slice.expired)
      view.expired.push_back({std::move(ns), rows});
    view.last = slice.is_last ? 0 : slice.last;
    worked();
  } catch (const journal::storage_error& what) {
    note_fault(what);
    if (what.fault() != journal::storage_fault::corrupt) {
      asked_.push_back(std::move(which)); // the disk is at fault, so the other slots wait as well
      restore_is_due_ = true;
      dialect::tell_after(this, retry_after, caf::actor_cast<self>(this), restore_due{});
      return;
    }
    view.code = errc::storage_failed;
  }
  if (view.last == 0) {
    hurried_.erase(view.slot);
    in_turn_.reset();
    read_.insert(view.slot);
  }
  dialect::tell_peer<client_shard_actor>(this, which.by, std::move(view));
}

/// Begins upkeep after enough changes; an idle broker does nothing (spec T3). Upkeep starts only
/// after everything has been read, because reading counts the notifications that have expired
/// meanwhile (spec N8).
void journal_worker::begin_upkeep() {
  if (!is_all_read())
    return;
  if (untidied_ < changes_per_upkeep || std::exchange(upkeep_is_due_, true))
    return;
  dialect::tell(this, caf::actor_cast<self>(this), upkeep_due{});
}

void journal_worker::on(const upkeep_due&) {
  upkeep_is_due_ = false;
  if (recheck_at_ && now() >= *recheck_at_)
    recheck_at_.reset();
  if (gathered_.empty() && is_all_read()) // else upkeep begins after that commit
    tidy();
  end_fault_if_over();
  recheck();
}

void journal_worker::tidy() {
  untidied_ = 0;
  try {
    if (store_->tidy(now()))
      untidied_ = changes_per_upkeep;
    is_working_ = true;
  } catch (const journal::storage_error& what) {
    note_fault(what);
  }
  begin_upkeep();
}

bool journal_worker::is_all_read() const {
  return read_.size() >= environment_->routing.slots();
}

/// Tests the store until a fault is over: otherwise hours may pass without an operation that would
/// test it.
void journal_worker::recheck() {
  if (!is_faulty_ || recheck_at_)
    return;
  recheck_at_ = now() + retry_after;
  dialect::tell_after(this, retry_after, caf::actor_cast<self>(this), upkeep_due{});
}

void journal_worker::on(const stop_journal&) {
  commit();
  note_clocks();
  quit();
}

} // namespace restante
