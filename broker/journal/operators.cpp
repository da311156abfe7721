#include "restante/broker/journal/operators.hpp"

#include "restante/broker/journal/durable_files.hpp"
#include "restante/broker/journal/journal_file.hpp"
#include "restante/broker/journal/sqlite_store.hpp"

#include <algorithm>
#include <limits>

namespace restante::journal {
namespace {

constexpr std::size_t rows_at_once = 512;
constexpr instant before_everything{std::numeric_limits<std::int64_t>::min()};

template <class Source> // store, or journal_file
void for_each_slice(Source& from, slot_number slot, instant now,
                    const std::function<void(restored_slice&)>& visit) {
  row_number after = 0;
  bool is_last = false;
  while (!is_last) {
    auto slice = from.restore(slot, after, rows_at_once, now);
    after = slice.last;
    is_last = slice.is_last;
    visit(slice);
  }
}

template <class Source>
void check_slot(Source& checked, slot_number slot, const slot_function& slot_of,
                check_report& report) {
  const auto identity = checked.identity();
  std::uint64_t count = 0;
  std::uint64_t elsewhere = 0;
  try {
    for_each_slice(checked, slot, before_everything, [&](restored_slice& slice) {
      for (const auto& kept : slice.notifications) {
        ++count;
        if (slot_of && slot_of(kept.to, identity.slots, identity.key) != slot)
          ++elsewhere;
      }
    });
    report.lines.push_back("slot " + std::to_string(slot) + ": " + std::to_string(count) +
                           " notifications");
  } catch (const storage_error& error) {
    report.is_sound = false;
    report.lines.push_back("slot " + std::to_string(slot) + ": after " + std::to_string(count) +
                           " notifications: " + error.what());
  }
  if (elsewhere > 0) {
    report.is_sound = false;
    report.lines.push_back("slot " + std::to_string(slot) + ": " + std::to_string(elsewhere) +
                           " belong into another slot");
  }
}

template <class Source>
void check_all(Source& checked, const slot_function& slot_of, check_report& report) {
  const auto identity = checked.identity();
  report.lines.push_back("version " + std::to_string(checked.stats().version) + ", " +
                         std::to_string(identity.slots) + " slots, " +
                         std::to_string(checked.commits()) + " commits");
  for (auto& line : checked.check_pages()) {
    report.is_sound = false;
    report.lines.push_back("pages: " + line);
  }
  for (slot_number slot = 0; slot < identity.slots; ++slot)
    check_slot(checked, slot, slot_of, report);
}

template <class Source>
void show_all(Source& shown, instant now,
              const std::function<void(slot_number, const kept_notification&)>& visit) {
  for (slot_number slot = 0; slot < shown.identity().slots; ++slot) {
    for_each_slice(shown, slot, now, [&](restored_slice& slice) {
      for (const auto& kept : slice.notifications)
        visit(slot, kept);
    });
  }
}

/// Whether the location is a file rather than a directory. A location that is neither is no backup.
bool is_backup(const std::filesystem::path& location) {
  std::error_code unknown;
  return std::filesystem::exists(location, unknown) &&
         !std::filesystem::is_directory(location, unknown);
}

void copy_slot(store& from, slot_number slot, store& to, const slot_function& slot_of) {
  const auto identity = to.identity();
  for_each_slice(from, slot, before_everything, [&](restored_slice& slice) {
    std::vector<journal_changes> all(identity.slots);
    for (auto& kept : slice.notifications) {
      auto& changes = all.at(slot_of(kept.to, identity.slots, identity.key));
      changes.client = kept.to;
      changes.puts.push_back(std::move(kept));
    }
    for (slot_number n = 0; n < identity.slots; ++n)
      all[n].slot = n;
    std::erase_if(all, [](const auto& changes) { return changes.puts.empty(); });
    to.commit(all);
  });
}

} // namespace

check_report check(const std::filesystem::path& location, const slot_function& slot_of) {
  check_report report;
  try {
    if (is_backup(location)) {
      journal_file checked{location};
      check_all(checked, slot_of, report);
    } else {
      sqlite_store checked{location, store_options::of_existing()};
      check_all(checked, slot_of, report);
    }
  } catch (const storage_error& error) {
    if (error.fault() != storage_fault::corrupt)
      throw;
    report.is_sound = false;
    report.lines.emplace_back(error.what());
  }
  return report;
}

void for_each(const std::filesystem::path& location, instant now,
              const std::function<void(slot_number, const kept_notification&)>& visit) {
  if (is_backup(location)) {
    journal_file shown{location};
    show_all(shown, now, visit);
  } else {
    sqlite_store shown{location, store_options::of_existing()};
    show_all(shown, now, visit);
  }
}

found_figures figures_of(const std::filesystem::path& location) {
  if (is_backup(location)) {
    journal_file shown{location};
    return {shown.identity(), shown.stats()};
  }
  sqlite_store shown{location, store_options::of_existing()};
  return {shown.identity(), shown.stats()};
}

void move_to(const std::filesystem::path& from, const std::filesystem::path& to,
             std::uint32_t slots, const slot_function& slot_of) {
  std::error_code failed;
  const auto part = to.string() + ".part";
  if (std::filesystem::exists(to, failed))
    throw storage_error{storage_fault::unusable, to.string() + " is there already"};
  sqlite_store old_one{from, store_options::of_existing()};
  if (!std::filesystem::create_directory(part, failed))
    throw storage_error{
        storage_fault::unusable,
        part + ": " +
            (failed ? failed.message() : "is there already, from a move that was broken off")};
  {
    store_options options;
    options.identity = {slots, old_one.identity().key};
    sqlite_store new_one{part, options};
    for (slot_number slot = 0; slot < old_one.identity().slots; ++slot)
      copy_slot(old_one, slot, new_one, slot_of);
    if (old_one.epochs_end() > 0)
      new_one.reserve_epochs(old_one.epochs_end() - 1, 0);
    if (const auto noted = old_one.last_clocks())
      new_one.note_clocks(*noted);
  }
  durable::rename(part, to);
}

} // namespace restante::journal
