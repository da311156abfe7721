#include "restante/actors/model/lease_table.hpp"

#include "restante/messages/assert.hpp"

#include <algorithm>

namespace restante::model {

std::optional<lease_number> lease_table::reserve(const topic_address& at, const std::string& key,
                                                 instant until, instant now) {
  auto* known = find(at, key);
  if (known == nullptr) {
    if (size_ >= most_)
      drop_lapsed(now);
    if (size_ >= most_)
      return std::nullopt;
    known = &held_[at][key];
    known->first = last_ + 1;
    ++size_;
  }
  known->lease = ++last_;
  known->until = until;
  RESTANTE_ASSERT(size_ <= most_);
  return known->lease;
}

lease_table::reservation lease_table::reserve_beside(std::size_t untold, const topic_address& at,
                                                     const std::string& key, instant until,
                                                     instant now) {
  const auto held = size_;
  const auto lease = reserve(at, key, until, now);
  if (!lease)
    return {errc::too_many_keys, 0};
  if (size_ > held && size_ + untold > most_) {
    refused(at, key, *lease);
    return {errc::overloaded, 0};
  }
  return {errc::none, *lease};
}

void lease_table::accepted(const topic_address& at, const std::string& key, lease_number lease,
                           instant until) {
  auto* known = find(at, key);
  if (known == nullptr || lease < known->first || lease > known->lease)
    return;
  RESTANTE_ASSERT(lease <= last_);
  known->agreed = lease;
  known->agreed_until = until;
  if (lease == known->lease)
    known->until = until;
}

void lease_table::refused(const topic_address& at, const std::string& key, lease_number lease) {
  auto* known = find(at, key);
  if (known == nullptr || known->lease != lease)
    return;
  if (known->agreed == 0) {
    erase(at, key);
    return;
  }
  known->lease = known->agreed;
  known->until = known->agreed_until;
}

void lease_table::ended(const topic_address& at, const std::string& key, lease_number lease) {
  auto* known = find(at, key);
  if (known == nullptr)
    return;
  if (known->agreed == lease)
    known->agreed = 0; // a refusal must not bring it back
  if (known->lease == lease)
    erase(at, key);
}

void lease_table::cleared(const topic_address& at, const std::string& key) {
  erase(at, key);
}

std::vector<topic_address> lease_table::topics() const {
  std::vector<topic_address> all;
  all.reserve(held_.size());
  for (const auto& [at, keys] : held_)
    all.push_back(at);
  return all;
}

lease_table::promise* lease_table::find(const topic_address& at, const std::string& key) {
  const auto topic = held_.find(at);
  if (topic == held_.end())
    return nullptr;
  const auto found = topic->second.find(key);
  return found != topic->second.end() ? &found->second : nullptr;
}

void lease_table::erase(const topic_address& at, const std::string& key) {
  const auto topic = held_.find(at);
  if (topic == held_.end())
    return;
  size_ -= topic->second.erase(key);
  if (topic->second.empty())
    held_.erase(topic);
  RESTANTE_ASSERT(size_ >= held_.size()); // each topic holds at least one
}

void lease_table::drop_lapsed(instant now) {
  for (auto topic = held_.begin(); topic != held_.end();) {
    size_ -=
        std::erase_if(topic->second, [&](const auto& kept) { return now >= kept.second.until; });
    topic = topic->second.empty() ? held_.erase(topic) : std::next(topic);
  }
  RESTANTE_ASSERT(size_ >= held_.size());
}

void lease_table::recount() {
  size_ = 0;
  for (const auto& [at, keys] : held_)
    size_ += keys.size();
}

} // namespace restante::model
