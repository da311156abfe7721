#include "restante/actors/model/account.hpp"

#include "restante/messages/assert.hpp"
#include "restante/messages/limits.hpp"

#include <algorithm>
#include <utility>

namespace restante::model {

namespace {

/// The most memory that one operation may take: a pack, its ids, a record and a new actor.
constexpr std::uint64_t largest_cost =
    pack_bytes_max + 6 * id_bytes_max + record_cost_bytes + actor_cost_bytes;

/// How much a trim frees beyond what is needed, so the next few hundred puts need no trim.
constexpr std::uint64_t trimmed_beyond = std::uint64_t{256} * 1024;

} // namespace

account::account(std::string ns, std::uint64_t most, std::shared_ptr<account> whole,
                 refusal_hook refused)
    : ns_{std::move(ns)}, most_{most}, whole_{std::move(whole)}, refused_{std::move(refused)} {}

bool account::try_take(std::uint64_t bytes) {
  const auto before = used_.fetch_add(bytes, std::memory_order_relaxed);
  const bool fits = before <= most_ && bytes <= most_ - before;
  if (fits && (!whole_ || whole_->try_take(bytes)))
    return true;
  used_.fetch_sub(bytes, std::memory_order_relaxed);
  if (!fits && refused_)
    refused_(*this);
  return false;
}

void account::take(std::uint64_t bytes) {
  used_.fetch_add(bytes, std::memory_order_relaxed);
  if (whole_)
    whole_->take(bytes);
}

void account::give_back(std::uint64_t bytes) {
  const auto before = used_.fetch_sub(bytes, std::memory_order_relaxed);
  RESTANTE_ASSERT(before >= bytes);
  if (whole_)
    whole_->give_back(bytes);
}

std::uint64_t account::available() const {
  // An account that refuses an operation must count as short: otherwise nothing would make room for
  // the operation.
  return std::max<std::uint64_t>(most_ / 16, largest_cost);
}

bool account::is_itself_short() const {
  return used() + available() > most_;
}

bool account::is_short() const {
  return is_itself_short() || (whole_ && whole_->is_itself_short());
}

bool account::is_being_trimmed() const {
  return used() + available() + std::min(available() / 16, trimmed_beyond) > most_;
}

bool account::begin_trim() {
  return has_records_.load(std::memory_order_relaxed) &&
         !is_trimming_.load(std::memory_order_relaxed) && !is_trimming_.exchange(true);
}

void account::move_oldest(std::uint32_t slot, instant before, instant now) {
  const std::lock_guard lock{mutex_};
  if (before != instant::never()) {
    const auto known = oldest_.erase({before, slot});
    RESTANTE_ASSERT(known == 1);
  }
  if (now != instant::never()) {
    const bool is_first = oldest_.emplace(now, slot).second;
    RESTANTE_ASSERT(is_first); // of this slot
  }
  has_records_.store(!oldest_.empty(), std::memory_order_relaxed);
}

std::optional<account::oldest_records> account::oldest() const {
  const std::lock_guard lock{mutex_};
  if (oldest_.empty())
    return std::nullopt;
  const auto& [at, slot] = *oldest_.begin();
  return oldest_records{slot, at};
}

bool account::has_room(std::uint64_t bytes) {
  const auto present = used();
  const bool fits = present <= most_ && bytes <= most_ - present;
  if (!fits && refused_)
    refused_(*this);
  return fits && (!whole_ || whole_->has_room(bytes));
}

bool account::try_count(std::atomic<std::uint64_t>& counter, std::uint64_t most) {
  const auto before = counter.fetch_add(1, std::memory_order_relaxed);
  if (most == 0 || before < most)
    return true;
  counter.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

} // namespace restante::model
