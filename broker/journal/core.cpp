#include "restante/broker/journal/core.hpp"

#include "restante/broker/journal/clocks_table.hpp"
#include "restante/broker/journal/file_names.hpp"

#include <algorithm>
#include <sys/statvfs.h>

namespace restante::journal {
namespace {

// A log of `frames_in_commit` frames, about 16 MiB, is copied to the database as part of a commit.
// Upkeep copies a shorter log, at a time when no change waits.
constexpr int frames_in_commit = 4096;
constexpr int frames_when_tidying = 1024;
constexpr std::int64_t log_bytes_kept = 32 << 20; ///< overwriting the log is faster than growing it

} // namespace

sqlite_store::core::core(const std::filesystem::path& directory, store_options options)
    : location_{directory, options.vfs}, options_{std::move(options)}, lock_{directory},
      commit_mark_{location_.commit_mark_file(), location_.vfs}, being_made_{
                                                                     location_.creation_mark_file(),
                                                                     location_.vfs} {
  open_first();
}

sqlite_store::core::~core() {
  if (!database_)
    return;
  try {
    if (must_cut_)
      database_->db->cut_log();
    if (!must_open_ && !must_cut_) {
      database_->db->checkpoint(database::checkpoint_kind::truncate);
      commit_mark_.sync(commits_);
      database_->db->close_cleanly();
    }
  } catch (const storage_error&) { // NOLINT(bugprone-empty-catch)
    // The log stays, and the next process that opens the journal recovers it.
  }
}

/// Refuses a journal that has been lost: a start must not replace it by an empty journal.
void sqlite_store::core::refuse_what_is_lost(const traces_found& found, bool is_marked) const {
  const auto corrupt = [&](const std::string& what) {
    return storage_error{storage_fault::corrupt, location_.file() + " " + what};
  };
  if (!found.database && std::filesystem::exists(location_.directory / file_names::part))
    throw corrupt("is not there yet: a restore was broken off; repeat it");
  if (!found.database && (is_marked || found.log))
    throw corrupt("is gone or empty, but there was a journal here");
  if (found.empty_database && !being_made_.is_set())
    throw corrupt("is empty: that is no journal; put a backup back with restante journal restore");
  if (!found.database && options_.missing == store_options::if_missing::refuse)
    throw storage_error{storage_fault::unusable,
                        "there is no journal in " + location_.directory.string()};
}

std::unique_ptr<database> sqlite_store::core::open(std::optional<std::uint64_t> marked) {
  const auto found = look_for_files(location_);
  refuse_what_is_lost(found, marked.has_value());
  if (!found.database)
    being_made_.set();
  auto db = std::make_unique<database>(location_);
  version_ = layout::look_at(db->connection());
  if (version_ == 0) {
    if (marked || !being_made_.is_set())
      throw storage_error{storage_fault::corrupt,
                          location_.file() + " is a database with nothing in it, and no journal"};
    db->prepare_empty();
    db->start_writing();
    layout::create(db->connection(), options_.identity);
    version_ = tables::version;
  }
  return db;
}

std::optional<std::uint64_t> sqlite_store::core::read_commit_mark() {
  try {
    return commit_mark_.read();
  } catch (const storage_error& error) {
    // A crash may have left half of the first database.
    if (error.fault() != storage_fault::corrupt || !being_made_.is_set())
      throw;
    return {};
  }
}

/// Upgrades in one transaction: an interruption leaves the older version, and the next start
/// repeats the upgrade. On a full disk the older version can be read until there is space.
void sqlite_store::core::upgrade(database& db) {
  if (version_ == tables::version || options_.older == store_options::if_older::keep)
    return;
  db.begin();
  try {
    layout::upgrade(db.connection(), version_, journal_);
    db.commit();
  } catch (const storage_error& error) {
    db.roll_back();
    if (error.fault() != storage_fault::full)
      throw;
    try {
      db.cut_log();
    } catch (const storage_error&) {
      must_cut_ = true;
    }
    return;
  }
  journal_.version = version_ = tables::version;
}

void sqlite_store::core::open_first() {
  const auto marked = read_commit_mark();
  auto db = open(marked);
  journal_ = layout::load_journal(db->connection(), version_);
  auto slots = layout::load_slots(db->connection(), version_, journal_.identity.slots);
  commits_ = layout::commits_in(journal_, slots);
  if (marked && *marked > commits_)
    throw storage_error{storage_fault::corrupt,
                        location_.file() + ": of " + std::to_string(*marked) +
                            " commits only the first " + std::to_string(commits_) +
                            " are there; if this is a backup that was put back, remove " +
                            location_.commit_mark_file()};
  db->start_writing();
  upgrade(*db);
  try {
    commit_mark_.sync(commits_);
    being_made_.clear();
  } catch (const storage_error& error) {
    if (error.fault() != storage_fault::full)
      throw;
  }
  states_.emplace(std::move(slots));
  database_ = std::make_unique<open_database>(std::move(db), version_, *states_);
}

void sqlite_store::core::open_again() {
  database_.reset();
  auto db = open(commits_);
  const auto journal = layout::load_journal(db->connection(), version_);
  const auto slots = layout::load_slots(db->connection(), version_, journal_.identity.slots);
  if (layout::commits_in(journal, slots) != commits_ || slots != states_->all())
    throw storage_error{storage_fault::corrupt,
                        location_.file() + ": is not as it was before an error: commits are missing"
                                           " or not ours"};
  db->start_writing();
  upgrade(*db);
  database_ = std::make_unique<open_database>(std::move(db), version_, *states_);
  must_open_ = false;
}

sqlite_store::core::open_database& sqlite_store::core::ready() {
  if (database_ && must_cut_) {
    // If the end of the last commit in the log is not known, the next commit must overwrite the
    // failed transaction. Only the database that is open now does that.
    if (!database_->db->cut_log())
      must_open_ = false;
    must_cut_ = false;
  }
  if (!database_ || must_open_)
    open_again();
  return *database_;
}

sqlite_store::core::open_database& sqlite_store::core::writable() {
  if (auto& open = ready(); open.states)
    return open;
  const bool may_upgrade = options_.older == store_options::if_older::upgrade;
  must_open_ = must_probe_ = may_upgrade;
  if (auto& open = ready(); open.states)
    return open;
  throw storage_error{may_upgrade ? storage_fault::full : storage_fault::unusable,
                      location_.file() + " has version " + std::to_string(version_) +
                          " and can only be read"};
}

void sqlite_store::core::transact(const std::function<void(open_database&)>& work) {
  auto& open = writable();
  try {
    open.db->begin();
    work(open);
    if (states_->changed().empty() && !journal_changed_) {
      open.db->roll_back();
      return;
    }
    for (auto& [slot, state] : states_->changed()) {
      state.changed_by = commits_ + 1;
      open.states->write(slot, state);
    }
    if (journal_changed_) {
      journal_changed_->changed_by = commits_ + 1;
      open.states->write(*journal_changed_);
    }
    open.db->commit();
  } catch (const storage_error& error) {
    give_up(error.fault());
    throw;
  } catch (...) {
    give_up(storage_fault::io);
    throw;
  }
  states_->accept();
  if (journal_changed_)
    journal_ = *std::exchange(journal_changed_, std::nullopt);
  ++commits_;
  must_probe_ = false;
  commit_mark_.note(commits_);
}

void sqlite_store::core::give_up(storage_fault fault) noexcept {
  states_->discard();
  journal_changed_.reset();
  if (database_)
    database_->db->roll_back();
  must_probe_ = true;
  if (fault == storage_fault::locked)
    return; // another process was writing, and its frames in the log must stay
  must_cut_ = database_ != nullptr;
  must_open_ = fault != storage_fault::full;
  try {
    if (database_ && database_->db->cut_log())
      must_cut_ = false;
  } catch (const storage_error&) { // NOLINT(bugprone-empty-catch)
    // `must_cut_` is still set, so `ready` tries again before the next operation.
  }
}

epoch_number sqlite_store::core::reserve_epochs(epoch_number at_least, epoch_number room) {
  const auto first = std::max(journal_.epochs_end, at_least + 1);
  transact([&](open_database&) {
    journal_changed_ = journal_;
    journal_changed_->epochs_end = first + room;
  });
  return first;
}

void sqlite_store::core::commit(std::span<journal_changes> all) {
  std::vector<row_number> firsts;
  firsts.reserve(all.size());
  transact([&](open_database& open) {
    for (const auto& changes : all)
      firsts.push_back(open.writing->apply(changes));
  });
  for (std::size_t n = 0; n < all.size(); ++n) {
    auto row = firsts[n];
    for (auto& kept : all[n].puts) {
      kept.row = row++;
      database_->expiry.expect(kept.expires_at);
    }
  }
  checkpoint_if_long(*database_);
}

void sqlite_store::core::checkpoint_if_long(open_database& open) {
  // While another connection reads, the log cannot be reset. Do not try again with every commit.
  const int frames = open.db->log_frames();
  if (frames < frames_in_commit ||
      (frames >= checkpointed_at_ && frames < checkpointed_at_ + frames_when_tidying))
    return;
  checkpointed_at_ = frames;
  try {
    open.db->checkpoint(database::checkpoint_kind::passive);
  } catch (const storage_error&) {
    must_probe_ = true; // the commit itself has succeeded: it is durable in the log
  }
}

restored_slice sqlite_store::core::restore(slot_number slot, row_number after, std::size_t most,
                                           instant now) {
  auto& open = ready();
  try {
    return open.reading.slice(slot, after, most, now);
  } catch (const storage_error&) {
    must_open_ = true; // SQLite's cache may hold a page that was read wrongly
    throw;
  }
}

bool sqlite_store::core::tidy(instant now) {
  ready();
  if (must_probe_)
    probe();
  try {
    const bool is_sweeping = sweep(now);
    auto& db = *database_->db; // taken after `sweep`, which may have reopened the database
    const bool is_giving = !is_sweeping && give_back_pages(db);
    if (db.log_bytes() > log_bytes_kept)
      db.checkpoint(database::checkpoint_kind::truncate);
    else if (db.log_frames() >= frames_when_tidying)
      db.checkpoint(database::checkpoint_kind::passive);
    if (!commit_mark_.is_synced())
      commit_mark_.sync(commits_);
    return is_sweeping || is_giving;
  } catch (const storage_error& error) {
    give_up(error.fault());
    throw;
  }
}

/// Tests whether writing works, after an error. Stores the journal's state again with the same
/// content, because a transaction without a change would write nothing.
void sqlite_store::core::probe() {
  transact([&](open_database&) { journal_changed_ = journal_; });
}

bool sqlite_store::core::sweep(instant now) {
  if (!database_->expiry.is_due(now))
    return false;
  const auto expired = database_->expiry.find(now);
  if (!expired.empty()) {
    transact([&](open_database& open) {
      for (const auto id : expired)
        open.writing->remove(id);
    });
  }
  // The transaction may have reopened the database, so `database_` is read again.
  database_->expiry.found_are_gone(now);
  return database_->expiry.is_due(now);
}

store_stats sqlite_store::core::stats() {
  store_stats stats;
  stats.version = version_;
  for (const auto& slot : states_->all()) {
    stats.notifications += slot.notifications;
    stats.undelivered += slot.notifications - slot.delivered;
  }
  for (const char* name :
       {file_names::database, file_names::log, file_names::log_index, file_names::commit_mark}) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(location_.directory / name, missing);
    stats.bytes += missing ? 0 : size;
  }
  struct statvfs system {};
  if (::statvfs(location_.directory.c_str(), &system) == 0)
    stats.free_bytes = std::uint64_t{system.f_bavail} * system.f_frsize;
  return stats;
}

std::optional<clock_note> sqlite_store::core::last_clocks() {
  try {
    return load_clocks(ready().db->connection());
  } catch (const storage_error& error) {
    if (error.fault() != storage_fault::corrupt)
      throw;
    return std::nullopt; // the kept records are worth more than the time that has passed
  }
}

void sqlite_store::core::note_clocks(const clock_note& now) {
  transact([&](open_database& open) {
    write_clocks(open.db->connection(), now);
    journal_changed_ = journal_; // makes `transact` count this as a commit
  });
}

std::vector<std::string> sqlite_store::core::check_pages() {
  return ready().db->connection().check_pages();
}

} // namespace restante::journal
