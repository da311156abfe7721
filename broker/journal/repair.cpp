#include "restante/broker/journal/repair.hpp"

#include "restante/broker/journal/backup.hpp"
#include "restante/broker/journal/commit_mark.hpp"
#include "restante/broker/journal/database.hpp"
#include "restante/broker/journal/new_directory.hpp"
#include "restante/broker/journal/salvage.hpp"
#include "restante/broker/journal/sqlite_store.hpp"

#include <sodium.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace restante::journal {

namespace {

namespace files = std::filesystem;

constexpr std::size_t rows_at_once = 512;
constexpr std::uint32_t slots_otherwise = 16; ///< the default of the setting

// The header of a database; https://www.sqlite.org/fileformat2.html.
constexpr std::string_view database_magic{"SQLite format 3\0", 16};
constexpr std::size_t version_at = 60;
constexpr std::size_t application_at = 68;

/// Refuses everything but files: opening a pipe would wait for a writer.
void expect_file_or_nothing(const files::path& file) {
  std::error_code unknown;
  const auto kind = files::status(file, unknown);
  if (files::exists(kind) && !files::is_regular_file(kind))
    durable::fail(file, "is no file", storage_fault::unusable);
}

/// Checks the files. In a damaged directory any of them may be missing.
void expect_files(const files::path& database, const database_location& in) {
  expect_file_or_nothing(database);
  expect_file_or_nothing(database.string() + "-wal");
  expect_file_or_nothing(in.commit_mark_file());
}

/// Refuses another version, whose additional data would be lost unnoticed. If the header is gone,
/// the row of the whole may still state the version.
void expect_version(const files::path& database, const salvage& found) {
  if (found.journal() && found.journal()->version != 0) {
    if (const auto fault = layout::fault_in_version(found.journal()->version))
      durable::fail(database, *fault, storage_fault::unknown_version);
  }
  const auto& pages = found.pages();
  std::string header;
  if (!pages.read(1, header) || !header.starts_with(database_magic) ||
      number_at(header, application_at) != layout::application_id)
    return;
  if (const auto fault = layout::fault_in_version(number_at(header, version_at)))
    durable::fail(database, *fault, storage_fault::unknown_version);
}

/// Locks the directory against brokers. On a read-only disk no broker can run.
std::unique_ptr<directory_lock> lock_of(const files::path& directory) {
  try {
    return std::make_unique<directory_lock>(directory);
  } catch (const storage_error& error) {
    if (error.fault() != storage_fault::read_only && error.fault() != storage_fault::full)
      throw;
    return {};
  }
}

std::size_t complete_slots(const salvage& found) {
  return static_cast<std::size_t>(std::ranges::count_if(
      found.slots(), [&](const auto& each) { return found.is_complete(each.first); }));
}

/// Whether the database is at least as complete with the log. The log of another database does not
/// count.
bool is_better_with_log(const salvage& with_log, const salvage& without) {
  if (with_log.journal() && without.journal() &&
      with_log.journal()->identity.key != without.journal()->identity.key)
    return false;
  const auto slots = complete_slots(with_log);
  const auto slots_without = complete_slots(without);
  return slots != slots_without ? slots > slots_without
                                : with_log.puts().size() >= without.puts().size();
}

std::unique_ptr<salvage> salvaged(const files::path& database, repair_report& report) {
  using enum page_image::log_use;
  auto with_log = std::make_unique<salvage>(database, read);
  const auto frames = with_log->pages().frames();
  const auto damaged = with_log->pages().damaged_frames();
  std::error_code failed;
  if (frames + damaged == 0 || !files::exists(database, failed))
    return with_log;
  if (damaged > 0)
    report.notes.push_back("the log: " + std::to_string(damaged) + " of " +
                           std::to_string(frames + damaged) + " pages in it are damaged");
  auto without = std::make_unique<salvage>(database, ignore);
  if (is_better_with_log(*with_log, *without))
    return with_log;
  report.notes.emplace_back("the log is left out: it does not fit the database");
  return without;
}

store_identity identity_of(const salvage& from, repair_report& report) {
  if (from.journal())
    return from.journal()->identity;
  report.is_complete = false;
  report.is_missing_known = false; // there may have been more slots
  report.notes.emplace_back("the number of slots and the hash key are lost: the new journal has a "
                            "key of its own");
  store_identity made;
  made.slots = from.slots().empty() ? slots_otherwise : from.slots().rbegin()->first + 1;
  randombytes_buf(made.key.data(), made.key.size());
  return made;
}

void compare_with_commit_mark(const files::path& directory, const salvage& from,
                              repair_report& report) {
  std::uint64_t commits = from.journal() ? from.journal()->changed_by : 0;
  for (const auto& [slot, state] : from.slots())
    commits = std::max(commits, state.changed_by);
  try {
    const auto marked = commit_mark{database_location{directory, {}}.commit_mark_file(), {}}.read();
    if (!marked) {
      report.notes.emplace_back("journal.seal is missing: the last commits may be lost unnoticed");
    } else if (*marked > commits) {
      report.is_complete = false;
      report.is_missing_known = false;
      report.notes.push_back("of " + std::to_string(*marked) + " commits only the first " +
                             std::to_string(commits) + " are there");
    }
  } catch (const storage_error& error) {
    report.notes.push_back(std::string{"journal.seal: "} + error.what());
  }
}

repaired_slot compared(const salvage& from, slot_number slot) {
  repaired_slot one{slot, {}, from.found_in(slot).notifications, from.is_complete(slot)};
  if (const auto known = from.slots().find(slot); known != from.slots().end())
    one.expected = known->second.notifications;
  return one;
}

void list_lost(const salvage& from, repair_report& report) {
  const auto is_whole = [&](std::int64_t id) { return from.is_complete(layout::slot_of(id)); };
  for (const auto& one : from.damaged()) {
    if (!is_whole(one.id))
      report.lost.push_back({layout::slot_of(one.id), layout::row_of(one.id), one.trace, one.to});
  }
  const auto knows = [](const auto& rows, std::int64_t id) {
    return std::ranges::binary_search(rows, id, {}, [](const auto& row) { return row.id; });
  };
  for (const auto id : from.touched()) {
    if (!is_whole(id) && !knows(from.puts(), id) && !knows(from.damaged(), id))
      report.lost.push_back({layout::slot_of(id), layout::row_of(id), {}, {}});
  }
  std::ranges::sort(report.lost, {}, [](const auto& one) { return std::pair{one.slot, one.row}; });
}

void compare(const salvage& from, const store_identity& identity, repair_report& report) {
  for (slot_number slot = 0; slot < identity.slots; ++slot) {
    const auto one = compared(from, slot);
    report.is_complete = report.is_complete && one.is_complete;
    report.is_missing_known = report.is_missing_known && one.expected.has_value();
    report.missing += one.expected.value_or(0) - std::min(one.expected.value_or(0), one.found);
    report.slots.push_back(one);
  }
  list_lost(from, report);
  if (from.missing_pages() > 0)
    report.notes.push_back(std::to_string(from.missing_pages()) +
                           " pages of the database cannot be read");
}

/// Writes the salvaged rows in their order.
void write_all(salvage& from, store& to, const slot_function& slot_of, repair_report& report) {
  const auto identity = to.identity();
  const auto& puts = from.puts();
  for (std::size_t begin = 0; begin < puts.size(); begin += rows_at_once) {
    std::vector<journal_changes> all(identity.slots);
    const auto end = std::min(puts.size(), begin + rows_at_once);
    for (auto n = begin; n < end; ++n) {
      kept_notification kept;
      if (!from.read(puts[n], kept))
        throw storage_error{storage_fault::io, "what was read before cannot be read again"};
      auto& changes = all.at(slot_of(kept.to, identity.slots, identity.key));
      changes.client = kept.to;
      changes.puts.push_back(std::move(kept));
      ++report.found;
    }
    for (slot_number slot = 0; slot < identity.slots; ++slot)
      all[slot].slot = slot;
    std::erase_if(all, [](const auto& changes) { return changes.puts.empty(); });
    to.commit(all);
  }
}

std::string nothing_in(const salvage& found) {
  return found.journal() ? "nothing could be had: neither a notification nor how many there were"
                         : "nothing could be had: nothing of a journal is in it";
}

} // namespace

repair_report repair(const files::path& from, const files::path& to, const slot_function& slot_of) {
  std::error_code failed;
  const bool is_directory = files::is_directory(from, failed);
  const auto lock = is_directory ? lock_of(from) : nullptr;
  const database_location in{from, {}};
  const auto database = is_directory ? files::path{in.file()} : from;
  expect_files(database, in);
  repair_report report;
  const auto found = salvaged(database, report);
  expect_version(database, *found);
  // The row of the journal's state alone is not enough: a journal made from it would look sound
  // although all notifications are lost.
  if (found->slots().empty() && found->puts().empty())
    durable::fail(from, nothing_in(*found), storage_fault::corrupt);
  const auto identity = identity_of(*found, report);
  if (is_directory)
    compare_with_commit_mark(from, *found, report);
  compare(*found, identity, report);

  new_directory made{to};
  {
    store_options options;
    options.identity = identity;
    sqlite_store store{made.part(), options};
    write_all(*found, store, slot_of, report);
    if (found->journal() && found->journal()->epochs_end > 0)
      store.reserve_epochs(found->journal()->epochs_end - 1, 0);
  }
  expect_sound(made.part(), slot_of);
  made.finish();
  return report;
}

} // namespace restante::journal
