#pragma once

#include "restante/broker/journal/memory_store.hpp"
#include "restante/tests/support/notifications.hpp"

#include <memory>

namespace restante::testing {

/// A world whose broker keeps its notifications on a disk that outlives it.
class JournalWorld : public NotificationWorld {
protected:
  JournalWorld() {
    how.open_store = [this](const journal::store_identity& wanted) {
      if (!disk_)
        disk_ = std::make_shared<journal::memory_disk>(wanted);
      return std::make_unique<journal::memory_store>(disk_);
    };
  }

  journal::memory_disk& disk() {
    w();
    return *disk_;
  }

  /// Power fails: what is not committed is gone, and another broker starts.
  void crash() {
    w().restart([this] { disk().cut_off(); });
    w().settle();
  }

  /// The next commits fail.
  void fail(std::uint64_t commits, journal::storage_fault why = journal::storage_fault::full) {
    disk().fail_next(commits, why);
  }

private:
  std::shared_ptr<journal::memory_disk> disk_;
};

} // namespace restante::testing
