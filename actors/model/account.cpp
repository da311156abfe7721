#include "restante/actors/model/account.hpp"

#include "restante/messages/limits.hpp"

#include <algorithm>
#include <utility>

namespace restante::model {

namespace {

/// What one operation may take at most: a pack, its ids, a record and a new actor.
constexpr std::uint64_t largest_cost =
    pack_bytes_max + 6 * id_bytes_max + record_cost_bytes + actor_cost_bytes;

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
  used_.fetch_sub(bytes, std::memory_order_relaxed);
  if (whole_)
    whole_->give_back(bytes);
}

bool account::is_short() const {
  // Whoever is refused must find it short, or nothing would ever make room for him.
  const auto spare = std::max<std::uint64_t>(most_ / 16, largest_cost);
  return used() + spare > most_ || (whole_ && whole_->is_short());
}

bool account::try_count(std::atomic<std::uint64_t>& counter, std::uint64_t most) {
  const auto before = counter.fetch_add(1, std::memory_order_relaxed);
  if (most == 0 || before < most)
    return true;
  counter.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

} // namespace restante::model
