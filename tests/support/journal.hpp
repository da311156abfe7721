#pragma once

#include "restante/broker/testing/memory_store.hpp"
#include "restante/tests/support/notifications.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace restante::testing {

/// A store that records which slots are read.
class observed_store : public journal::store {
public:
  observed_store(std::unique_ptr<journal::store> of, std::function<void(slot_number)> read)
      : of_{std::move(of)}, read_{std::move(read)} {}

  journal::store_identity identity() const override { return of_->identity(); }
  epoch_number reserve_epochs(epoch_number at_least, epoch_number room) override {
    return of_->reserve_epochs(at_least, room);
  }
  void commit(std::span<journal_changes> all) override { of_->commit(all); }
  journal::restored_slice restore(slot_number slot, row_number after, std::size_t most,
                                  instant now) override {
    read_(slot);
    return of_->restore(slot, after, most, now);
  }
  bool tidy(instant now) override { return of_->tidy(now); }
  journal::store_stats stats() override { return of_->stats(); }
  std::optional<clock_note> last_clocks() override { return of_->last_clocks(); }
  void note_clocks(const clock_note& now) override { of_->note_clocks(now); }

private:
  std::unique_ptr<journal::store> of_;
  std::function<void(slot_number)> read_;
};

/// A world whose broker keeps its notifications on a disk that outlives the broker.
class JournalWorld : public NotificationWorld {
protected:
  JournalWorld() {
    how.open_store = [this](const journal::store_identity& wanted) {
      if (!disk_)
        disk_ = std::make_shared<journal::memory_disk>(wanted);
      return std::make_unique<observed_store>(std::make_unique<journal::memory_store>(disk_),
                                              [this](slot_number slot) { read.push_back(slot); });
    };
  }

  journal::memory_disk& disk() {
    w();
    return *disk_;
  }

  /// Power fails: uncommitted changes are lost, and another broker starts.
  void crash() {
    w().restart([this] { disk().cut_off(); });
    w().settle();
  }

  /// Makes the next commits fail.
  void fail(std::uint64_t commits, journal::storage_fault why = journal::storage_fault::full) {
    disk().fail_next(commits, why);
  }

  std::vector<slot_number> read; ///< slots read by all brokers, one slice at a time

private:
  std::shared_ptr<journal::memory_disk> disk_;
};

} // namespace restante::testing
