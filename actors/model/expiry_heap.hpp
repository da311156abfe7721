#pragma once

#include "restante/messages/assert.hpp"
#include "restante/messages/ids.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace restante::model {

/// The expiry times of notifications, the earliest on top. Most notifications are put with equal
/// TTLs, so they come in the order of their expiry. Adding a time at the end costs next to nothing,
/// while a tree would need a node for each. A notification that has ended in another way stays in
/// the heap until it reaches the top or half of the entries have ended.
class expiry_heap {
public:
  void add(instant at, const trace_id& trace) {
    due_.emplace_back(at, trace);
    std::ranges::push_heap(due_, std::greater{});
  }

  /// Drops ended notifications from the top, and all of them if they are half of the heap. `kept`
  /// is the number of notifications that are kept; `is_kept` answers whether a trace is one of
  /// them.
  template <class IsKept>
  void forget(std::size_t kept, IsKept is_kept) {
    if (due_.size() > 2 * kept + slack) {
      std::erase_if(due_, [&](const auto& one) { return !is_kept(one.second); });
      std::ranges::make_heap(due_, std::greater{});
    }
    while (!due_.empty() && !is_kept(due_.front().second)) {
      std::ranges::pop_heap(due_, std::greater{});
      due_.pop_back();
    }
    if (due_.empty())
      due_.shrink_to_fit();
  }

  bool empty() const { return due_.empty(); }
  instant first() const { return due_.empty() ? instant::never() : due_.front().first; }
  const trace_id& first_trace() const {
    RESTANTE_ASSERT(!due_.empty());
    return due_.front().second;
  }

private:
  static constexpr std::size_t slack = 32;

  std::vector<std::pair<instant, trace_id>> due_;
};

} // namespace restante::model
