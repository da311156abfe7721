#include "restante/actors/model/account.hpp"

#include <utility>

namespace restante::model {

account::account(std::string ns, std::uint64_t most, std::shared_ptr<account> whole)
    : ns_{std::move(ns)}, most_{most}, whole_{std::move(whole)} {}

bool account::try_take(std::uint64_t bytes) {
  const auto before = used_.fetch_add(bytes, std::memory_order_relaxed);
  const bool fits = before <= most_ && bytes <= most_ - before;
  if (fits && (!whole_ || whole_->try_take(bytes)))
    return true;
  used_.fetch_sub(bytes, std::memory_order_relaxed);
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
  return used() > most_ - most_ / 16 || (whole_ && whole_->is_short());
}

bool account::try_count(std::atomic<std::uint64_t>& counter, std::uint64_t most) {
  const auto before = counter.fetch_add(1, std::memory_order_relaxed);
  if (most == 0 || before < most)
    return true;
  counter.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

} // namespace restante::model
