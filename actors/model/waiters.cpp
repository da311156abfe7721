#include "restante/actors/model/waiters.hpp"

#include "restante/messages/limits.hpp"

#include <algorithm>
#include <utility>

namespace restante::model {

bool waiters::add(const trace_id& trace, const waiter& who) {
  const auto found = waiting_.find(trace);
  if (found != waiting_.end() && found->second.size() >= waiters_max)
    return false;
  waiting_[trace].push_back(who);
  return true;
}

std::vector<waiter> waiters::take(const trace_id& trace) {
  const auto found = waiting_.find(trace);
  if (found == waiting_.end())
    return {};
  auto taken = std::move(found->second);
  waiting_.erase(found);
  return taken;
}

std::vector<waiter> waiters::take_due(instant now) {
  std::vector<waiter> due;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    auto& here = it->second;
    const auto late = std::stable_partition(here.begin(), here.end(),
                                            [&](const waiter& w) { return now < w.deadline; });
    due.insert(due.end(), late, here.end());
    here.erase(late, here.end());
    it = here.empty() ? waiting_.erase(it) : std::next(it);
  }
  return due;
}

std::size_t waiters::forget(peer_number peer) {
  std::size_t gone = 0;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    gone += std::erase_if(it->second, [&](const waiter& w) { return w.peer == peer; });
    it = it->second.empty() ? waiting_.erase(it) : std::next(it);
  }
  return gone;
}

bool waiters::cancel(const trace_id& trace, peer_number peer, operation_number op) {
  const auto found = waiting_.find(trace);
  if (found == waiting_.end())
    return false;
  const auto same = [&](const waiter& w) { return w.peer == peer && w.op == op; };
  const bool was_there = std::erase_if(found->second, same) > 0;
  if (found->second.empty())
    waiting_.erase(found);
  return was_there;
}

instant waiters::deadline() const {
  auto first = instant::never();
  for (const auto& [trace, here] : waiting_) {
    for (const auto& w : here)
      first = std::min(first, w.deadline);
  }
  return first;
}

} // namespace restante::model
