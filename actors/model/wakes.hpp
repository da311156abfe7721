#pragma once

#include "restante/actors/model/child_table.hpp"
#include "restante/messages/assert.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace restante::model {

/// The children of a slot that were woken because their deadline has come: a few at a time, and no
/// others until all of them have answered.
template <class Handle>
class wakes {
public:
  using child = typename child_table<Handle>::child;

  explicit wakes(std::size_t most) : most_{most} { RESTANTE_ASSERT(most > 0); }

  /// The children to wake now, each once. None while a woken child has not answered.
  std::vector<child*> wake(child_table<Handle>& children, instant now) {
    if (awake_ > 0)
      return {};
    auto due = children.take_due(now, most_);
    for (auto* one : due) {
      RESTANTE_ASSERT(!one->is_woken);
      one->is_woken = true;
    }
    awake_ = due.size();
    return due;
  }

  /// A child has answered, or has ended. Changes nothing if it was not woken.
  void rested(child& which) {
    if (!std::exchange(which.is_woken, false))
      return;
    RESTANTE_ASSERT(awake_ > 0);
    --awake_;
  }

  bool is_anybody_awake() const { return awake_ > 0; }

private:
  std::size_t most_;
  std::size_t awake_ = 0;
};

} // namespace restante::model
