#include "restante/actors/model/waiters.hpp"

#include "restante/messages/assert.hpp"
#include "restante/messages/limits.hpp"

#include <algorithm>
#include <utility>

namespace restante::model {

bool waiters::add(const trace_id& trace, const waiter& who) {
  auto& here = waiting_[trace];
  if (here.size() >= waiters_max)
    return false;
  here.push_back(who);
  deadlines_.emplace(who.deadline, trace);
  return true;
}

void waiters::forget_deadline(const trace_id& trace, const waiter& who) {
  const auto found = deadlines_.find({who.deadline, trace});
  RESTANTE_ASSERT(found != deadlines_.end());
  deadlines_.erase(found);
}

std::vector<waiter> waiters::take(const trace_id& trace) {
  const auto found = waiting_.find(trace);
  if (found == waiting_.end())
    return {};
  auto taken = std::move(found->second);
  waiting_.erase(found);
  for (const auto& who : taken)
    forget_deadline(trace, who);
  return taken;
}

std::vector<waiter> waiters::take_due(instant now) {
  std::vector<waiter> due;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const auto found = waiting_.find(deadlines_.begin()->second);
    RESTANTE_ASSERT(found != waiting_.end());
    auto& here = found->second;
    const auto late = std::stable_partition(here.begin(), here.end(),
                                            [&](const waiter& w) { return now < w.deadline; });
    for (auto one = late; one != here.end(); ++one)
      forget_deadline(found->first, *one);
    due.insert(due.end(), late, here.end());
    here.erase(late, here.end());
    if (here.empty())
      waiting_.erase(found);
  }
  return due;
}

std::size_t waiters::forget(peer_number peer) {
  std::size_t gone = 0;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    gone += std::erase_if(it->second, [&](const waiter& w) {
      if (w.peer != peer)
        return false;
      forget_deadline(it->first, w);
      return true;
    });
    it = it->second.empty() ? waiting_.erase(it) : std::next(it);
  }
  return gone;
}

bool waiters::cancel(const trace_id& trace, peer_number peer, operation_number op) {
  const auto found = waiting_.find(trace);
  if (found == waiting_.end())
    return false;
  auto& here = found->second;
  const auto same =
      std::ranges::find_if(here, [&](const waiter& w) { return w.peer == peer && w.op == op; });
  if (same == here.end())
    return false;
  forget_deadline(trace, *same);
  here.erase(same);
  if (here.empty())
    waiting_.erase(found);
  return true;
}

instant waiters::deadline() const {
  return deadlines_.empty() ? instant::never() : deadlines_.begin()->first;
}

} // namespace restante::model
