#pragma once

#include "restante/messages/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace restante::model {

/// A batch that is divided among children; each child gets one message: see
/// `child_table::child::gathered`. The children must keep their addresses while this exists.
template <class Child, class Part>
class parts {
public:
  /// The part of a child so far.
  Part& of(Child& to) {
    if (to.gathered == 0) {
      all_.emplace_back(&to, Part{});
      to.gathered = static_cast<std::uint32_t>(all_.size());
    }
    RESTANTE_ASSERT(to.gathered <= all_.size() && all_[to.gathered - 1].first == &to);
    return all_[to.gathered - 1].second;
  }

  /// Gives each child its part, in the order of their first items.
  template <class Give>
  void give(Give give) {
    for (auto& [to, part] : std::exchange(all_, {})) {
      to->gathered = 0;
      give(*to, part);
    }
  }

private:
  std::vector<std::pair<Child*, Part>> all_;
};

} // namespace restante::model
