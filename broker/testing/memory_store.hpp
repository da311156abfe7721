#pragma once

#include "restante/actors/model/store.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace restante::journal {

/// The committed data of a memory_store. It outlives the store, as a disk outlives a process. For
/// tests; one thread at a time.
class memory_disk {
public:
  explicit memory_disk(store_identity identity = {});

  /// Makes the next `commits` commits fail and lose all of their changes. The tidying and the
  /// reservations before them fail too.
  void fail_next(std::uint64_t commits, storage_fault fault);

  /// Makes the next restores fail like a disk that temporarily cannot be read.
  void fail_reads(std::uint64_t restores) { failing_reads_ = restores; }

  /// Makes the restore of a slot report damage, until the slot is repaired.
  void damage(slot_number slot) { damaged_[slot] = true; }
  void mend(slot_number slot) { damaged_.erase(slot); }

  /// Takes the disk away from the store that has it, like a power failure: later commits of that
  /// store fail, and another store may open the disk.
  void cut_off();

  /// The most recent clock note.
  const std::optional<clock_note>& clocks() const { return clocks_; }

  /// Commits that have succeeded.
  std::uint64_t commits() const { return commits_; }

  /// All notifications that are kept for a slot, expired ones included.
  std::vector<kept_notification> notifications(slot_number slot) const;

private:
  friend class memory_store;

  struct slot_content {
    row_number last_row = 0; ///< the last number given, failed commits included
    std::map<row_number, kept_notification> rows;
  };

  store_identity identity_;
  std::vector<slot_content> slots_;
  std::map<slot_number, bool> damaged_;
  epoch_number epochs_end_ = 0;
  std::optional<clock_note> clocks_;
  std::uint64_t commits_ = 0;
  std::uint64_t failures_left_ = 0;
  std::uint64_t failing_reads_ = 0;
  storage_fault failure_ = storage_fault::io;
  bool is_open_ = false;
  std::uint64_t owners_ = 0; ///< how many so far
};

/// The reference implementation of a store: plain maps, and errors only on request.
class memory_store : public store {
public:
  /// Throws storage_error: locked when another store has the disk.
  explicit memory_store(std::shared_ptr<memory_disk> disk);
  ~memory_store() override;
  memory_store(const memory_store&) = delete;
  memory_store& operator=(const memory_store&) = delete;

  store_identity identity() const override { return disk_->identity_; }
  epoch_number reserve_epochs(epoch_number at_least, epoch_number room) override;
  void commit(std::span<journal_changes> all) override;
  restored_slice restore(slot_number slot, row_number after, std::size_t most,
                         instant now) override;
  bool tidy(instant now) override;
  store_stats stats() override;
  std::optional<clock_note> last_clocks() override { return disk_->clocks_; }
  void note_clocks(const clock_note& now) override;

private:
  void fail_if_told(bool is_commit);

  void fail_if_cut_off() const;

  std::shared_ptr<memory_disk> disk_;
  std::uint64_t owner_ = 0;
};

} // namespace restante::journal
