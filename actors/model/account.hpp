#pragma once

#include "restante/messages/instant.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace restante::model {

/// The memory that the broker, or one of its namespaces, may use for stored data (spec N18). Shared
/// by all actors of its scope; every member may be called from any thread.
///
/// A counter, not an allocator: an actor takes the size of what it stores first and gives it back
/// when the stored data is gone. A namespace's account takes from the broker's account as well.
class account {
public:
  /// Called for each `try_take` that finds this bound reached; from any thread.
  using refusal_hook = std::function<void(const account&)>;

  account(std::string ns, std::uint64_t most, std::shared_ptr<account> whole = nullptr,
          refusal_hook refused = {});

  const std::string& ns() const { return ns_; }
  bool is_whole() const { return whole_ == nullptr; }

  /// Takes `bytes`. Takes nothing and returns false if this account or the broker's has too little
  /// left.
  bool try_take(std::uint64_t bytes);

  /// Whether `bytes` could be taken at this moment; takes nothing. Reports a lack of room to the
  /// refusal hook, as `try_take` does.
  bool has_room(std::uint64_t bytes);

  /// Takes `bytes` even beyond the bound: for memory that is needed in any case, such as an actor
  /// that must exist to answer.
  void take(std::uint64_t bytes);

  void give_back(std::uint64_t bytes);

  std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  std::uint64_t most() const { return most_; }

  /// Whether so little is left, here or in the whole, that delivered records should go, oldest
  /// first.
  bool is_short() const;

  /// The broker's account, from which this namespace's account takes; null for the broker's account
  /// itself.
  account* whole() const { return whole_.get(); }

  // --- which delivered records may go when this account, and not another, is short: docs/
  // --- decisions/0018

  /// Whether this account itself is short, regardless of the broker's account.
  bool is_itself_short() const;

  /// Whether a trim under way must go on: it goes on until slightly more is free than the amount
  /// below which the account is short.
  bool is_being_trimmed() const;

  /// Begins a trim, which lasts until `end_trim`. Returns true to one caller at a time, and false
  /// if no client holds a delivered record.
  bool begin_trim();
  void end_trim() { is_trimming_.store(false); }

  /// Moves a slot: its oldest delivered record of this account is from `now`, and was from
  /// `before`. `never` stands for no record.
  void move_oldest(std::uint32_t slot, instant before, instant now);

  /// The slot with the oldest delivered record.
  struct oldest_records {
    std::uint32_t slot = 0;
    instant oldest;
  };
  std::optional<oldest_records> oldest() const;

  /// Notifications of this namespace that expired and were not counted by a purge (N8).
  void count_expired(std::uint64_t n) {
    expired_.fetch_add(n, std::memory_order_relaxed);
    auto& whole = whole_ ? *whole_ : *this;
    whole.ever_expired_.fetch_add(n, std::memory_order_relaxed);
  }
  std::uint64_t expired() const { return expired_.load(std::memory_order_relaxed); }
  std::uint64_t take_expired() { return expired_.exchange(0, std::memory_order_relaxed); }

  /// Expired notifications of the whole broker, whether a purge has counted them or not.
  std::uint64_t ever_expired() const { return ever_expired_.load(std::memory_order_relaxed); }

  /// Counts one more child of a kind in the namespace, unless there are `most` already. With `most`
  /// 0 there is no bound.
  static bool try_count(std::atomic<std::uint64_t>& counter, std::uint64_t most);
  std::atomic<std::uint64_t> clients{0};
  std::atomic<std::uint64_t> topics{0};

private:
  std::uint64_t available() const;

  std::string ns_;
  std::uint64_t most_;
  std::shared_ptr<account> whole_;
  const refusal_hook refused_;
  std::atomic<std::uint64_t> used_{0};
  std::atomic<std::uint64_t> expired_{0};
  std::atomic<std::uint64_t> ever_expired_{0};
  std::atomic<bool> is_trimming_{false};
  std::atomic<bool> has_records_{false};
  mutable std::mutex mutex_;
  std::set<std::pair<instant, std::uint32_t>> oldest_; ///< of each slot that has any
};

} // namespace restante::model
