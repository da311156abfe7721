#include "restante/benchmarks/baseline/mutex_store.hpp"

#include <sodium.h>

#include <array>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace restante::benchmarks {

namespace {

store_time saturated(store_time now, std::chrono::nanoseconds ttl) {
  return ttl > store_time::max() - now ? store_time::max() : now + ttl;
}

/// 4 KiB of random bytes. One system call per trace would cost more than the rest of a put.
class random_pool {
public:
  random_trace take() {
    if (used_ + sizeof(random_trace) > bytes_.size()) {
      randombytes_buf(bytes_.data(), bytes_.size());
      used_ = 0;
    }
    random_trace taken;
    std::memcpy(&taken, bytes_.data() + used_, sizeof taken);
    used_ += sizeof taken;
    return taken;
  }

private:
  std::array<unsigned char, 4096> bytes_{};
  std::size_t used_ = bytes_.size();
};

void ready_randomness() {
  if (sodium_init() < 0)
    throw std::runtime_error("no source of randomness");
}

} // namespace

shared_payload::shared_payload(std::span<const std::byte> bytes) : size_(bytes.size()) {
  if (bytes.empty())
    return;
  auto copy = std::make_shared_for_overwrite<std::byte[]>(bytes.size());
  std::memcpy(copy.get(), bytes.data(), bytes.size());
  bytes_ = std::move(copy);
}

random_trace new_random_trace() {
  thread_local random_pool pool;
  return pool.take();
}

notification_store::notification_store() : notification_store(limits{}) {}

notification_store::notification_store(limits bounds, clock_source now)
    : limits_(bounds), now_(std::move(now)) {
  ready_randomness();
  by_trace_.reserve(limits_.expected_notifications);
}

stored_receipt notification_store::put(std::string_view from, std::string_view to,
                                       shared_payload pack, bool suit,
                                       std::chrono::nanoseconds ttl) {
  const auto now = now_();
  const auto expires_at = saturated(now, ttl.count() > 0 ? ttl : limits_.default_ttl);
  const auto trace = new_random_trace();
  stored_notification fresh{trace, std::string{from}, std::string{to}, std::move(pack), suit,
                            now,   expires_at,        std::nullopt,    std::nullopt,    {}};
  trace_map::node_type evicted; // freed after the lock is released
  const std::lock_guard guard{mutex_};
  auto slot = pending_.find(to);
  if (slot == pending_.end())
    slot = pending_.try_emplace(std::string{to}).first;
  auto& queue = slot->second;
  while (queue.size() >= limits_.per_target_max && !queue.empty()) {
    evicted = by_trace_.extract(queue.front().notification->trace);
    queue.pop_front();
  }
  queue.push_back({&by_trace_.try_emplace(trace, std::move(fresh)).first->second, expires_at});
  return {trace, now, expires_at};
}

std::vector<stored_notification> notification_store::drain(std::string_view to) {
  const auto now = now_();
  std::vector<stored_notification> out;
  target_queue queue; // freed after the lock is released
  const std::lock_guard guard{mutex_};
  const auto slot = pending_.find(to);
  if (slot == pending_.end())
    return out;
  queue = std::move(slot->second);
  pending_.erase(slot);
  out.reserve(queue.size());
  for (const auto& each : queue) {
    if (now > each.expires_at) {
      by_trace_.erase(random_trace{each.notification->trace});
      continue;
    }
    each.notification->delivered_at = now;
    out.push_back(*each.notification);
  }
  return out;
}

std::optional<stored_notification> notification_store::status(const random_trace& trace) const {
  const auto now = now_();
  const std::lock_guard guard{mutex_};
  const auto found = by_trace_.find(trace);
  if (found == by_trace_.end() || now > found->second.expires_at)
    return std::nullopt;
  return found->second;
}

std::optional<stored_notification> notification_store::reply(const random_trace& trace,
                                                             shared_payload value) {
  const auto now = now_();
  const std::lock_guard guard{mutex_};
  const auto found = by_trace_.find(trace);
  if (found == by_trace_.end() || now > found->second.expires_at || !found->second.suit)
    return std::nullopt;
  std::swap(found->second.reply, value);
  found->second.replied_at = now;
  return found->second;
}

std::size_t notification_store::purge() {
  const auto now = now_();
  std::vector<trace_map::node_type> doomed; // freed after the lock is released
  const std::lock_guard guard{mutex_};
  const auto expired = [now](const queued& each) { return now > each.expires_at; };
  for (auto slot = pending_.begin(); slot != pending_.end();) {
    std::erase_if(slot->second, expired);
    slot = slot->second.empty() ? pending_.erase(slot) : std::next(slot);
  }
  for (auto next = by_trace_.begin(); next != by_trace_.end();) {
    const auto current = next++;
    if (now > current->second.expires_at)
      doomed.push_back(by_trace_.extract(current));
  }
  return doomed.size();
}

std::size_t notification_store::pending(std::string_view to) const {
  const std::lock_guard guard{mutex_};
  const auto slot = pending_.find(to);
  return slot == pending_.end() ? 0 : slot->second.size();
}

} // namespace restante::benchmarks
