#include "restante/broker/testing/memory_store.hpp"

#include <utility>

namespace restante::journal {
namespace {

using rows = std::map<row_number, kept_notification>;

void apply_later_parts(rows& to, const journal_changes& changes) {
  for_each_later(changes, [&to](const later_change& change, const auto& apply) {
    if (const auto found = to.find(change.row); found != to.end())
      apply(found->second);
  });
  for (const auto row : changes.gone)
    to.erase(row);
}

} // namespace

memory_disk::memory_disk(store_identity identity) : identity_{identity}, slots_(identity.slots) {}

void memory_disk::fail_next(std::uint64_t commits, storage_fault fault) {
  failures_left_ = commits;
  failure_ = fault;
}

std::vector<kept_notification> memory_disk::notifications(slot_number slot) const {
  std::vector<kept_notification> all;
  for (const auto& [row, kept] : slots_.at(slot).rows)
    all.push_back(kept);
  return all;
}

memory_store::memory_store(std::shared_ptr<memory_disk> disk) : disk_{std::move(disk)} {
  if (std::exchange(disk_->is_open_, true))
    throw storage_error{storage_fault::locked, "another store has this disk"};
  owner_ = ++disk_->owners_;
}

memory_store::~memory_store() {
  if (disk_->owners_ == owner_)
    disk_->is_open_ = false;
}

void memory_disk::cut_off() {
  ++owners_;
  is_open_ = false;
}

void memory_store::fail_if_cut_off() const {
  if (disk_->owners_ != owner_)
    throw storage_error{storage_fault::io, "the disk is gone"};
}

void memory_store::fail_if_told(bool is_commit) {
  fail_if_cut_off();
  if (disk_->failures_left_ == 0)
    return;
  disk_->failures_left_ -= is_commit ? 1 : 0;
  throw storage_error{disk_->failure_, "the disk was told to fail"};
}

epoch_number memory_store::reserve_epochs(epoch_number at_least, epoch_number room) {
  fail_if_told(false);
  const auto first = std::max(disk_->epochs_end_, at_least + 1);
  disk_->epochs_end_ = first + room;
  return first;
}

void memory_store::commit(std::span<journal_changes> all) {
  // A failed commit has used its row numbers; they are not given again, as on a disk.
  std::vector<row_number> firsts;
  for (const auto& changes : all) {
    auto& slot = disk_->slots_.at(changes.slot);
    firsts.push_back(slot.last_row + 1);
    slot.last_row += changes.puts.size();
  }
  fail_if_told(true);
  for (std::size_t n = 0; n < all.size(); ++n) {
    auto& slot = disk_->slots_[all[n].slot];
    auto row = firsts[n];
    for (auto& kept : all[n].puts) {
      kept.row = row++;
      slot.rows.emplace(kept.row, kept);
    }
    apply_later_parts(slot.rows, all[n]);
  }
  ++disk_->commits_;
}

restored_slice memory_store::restore(slot_number slot, row_number after, std::size_t most,
                                     instant now) {
  fail_if_cut_off();
  if (disk_->failing_reads_ > 0) {
    --disk_->failing_reads_;
    throw storage_error{storage_fault::io, "the disk was told not to be read"};
  }
  const auto& kept_rows = disk_->slots_.at(slot).rows;
  if (disk_->damaged_.contains(slot))
    throw storage_error{storage_fault::corrupt, "slot " + std::to_string(slot) + " is damaged",
                        slot};
  restored_slice slice;
  slice.last = after;
  std::map<std::string, std::uint64_t> expired;
  auto next = kept_rows.upper_bound(after);
  for (std::size_t n = 0; n < std::max<std::size_t>(most, 1) && next != kept_rows.end(); ++n) {
    slice.last = next->first;
    if (now > next->second.expires_at)
      ++expired[next->second.to.ns];
    else
      slice.notifications.push_back(next->second);
    ++next;
  }
  slice.is_last = next == kept_rows.end();
  slice.expired.assign(expired.begin(), expired.end());
  return slice;
}

bool memory_store::tidy(instant now) {
  fail_if_told(false);
  for (auto& slot : disk_->slots_)
    std::erase_if(slot.rows, [&](const auto& row) { return now > row.second.expires_at; });
  return false;
}

void memory_store::note_clocks(const clock_note& now) {
  fail_if_told(false);
  disk_->clocks_ = now;
}

store_stats memory_store::stats() {
  store_stats stats;
  for (const auto& slot : disk_->slots_) {
    for (const auto& [row, kept] : slot.rows) {
      ++stats.notifications;
      stats.undelivered += kept.delivered_at.ns == 0 ? 1 : 0;
      stats.bytes += kept.pack.size() + kept.reply.size();
    }
  }
  return stats;
}

} // namespace restante::journal
