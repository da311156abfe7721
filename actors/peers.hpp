#pragma once

#include "restante/actors/model/waiters.hpp"
#include "restante/actors/protocol/caf.hpp"

#include <cstdint>
#include <unordered_map>
#include <utility>

namespace restante {

using model::peer_number;

/// The connections that an actor deals with, under the numbers that its models use. Each is
/// monitored once, however many reasons there are to hold it. A monitor on a living actor costs
/// memory at both ends, so it is removed with the last reason.
class peers {
public:
  /// Holds `who` for one more reason. The first reason also starts the monitor.
  template <class Self>
  peer_number hold(Self* self, const caf::strong_actor_ptr& who) {
    const auto [found, is_new] = numbers_.try_emplace(who.get(), last_ + 1);
    if (is_new) {
      ++last_;
      auto& made = known_[last_];
      made.handle = who;
      dialect::start_monitor(self, who);
    }
    auto& peer = known_.at(found->second);
    ++peer.reasons;
    return found->second;
  }

  /// Drops one reason. With the last reason, the peer is forgotten.
  template <class Self>
  void release(Self* self, peer_number number) {
    const auto found = known_.find(number);
    if (found == known_.end() || --found->second.reasons > 0)
      return;
    dialect::stop_monitor(self, found->second.handle);
    numbers_.erase(found->second.handle.get());
    known_.erase(found);
  }

  /// The number of a peer, or 0 if it is not held.
  peer_number number_of(const caf::strong_actor_ptr& who) const {
    const auto found = numbers_.find(who.get());
    return found != numbers_.end() ? found->second : 0;
  }

  peer_number number_of(const caf::actor_addr& who) const {
    const auto found = numbers_.find(who.get());
    return found != numbers_.end() ? found->second : 0;
  }

  /// The handle of a peer, or null if it is not held.
  caf::strong_actor_ptr handle_of(peer_number number) const {
    const auto found = known_.find(number);
    return found != known_.end() ? found->second.handle : nullptr;
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [number, peer] : known_)
      visit(peer.handle);
  }

  bool empty() const { return known_.empty(); }

  void clear() {
    numbers_.clear();
    known_.clear();
  }

private:
  struct peer {
    caf::strong_actor_ptr handle;
    std::uint32_t reasons = 0;
  };

  peer_number last_ = 0;
  std::unordered_map<const void*, peer_number> numbers_;
  std::unordered_map<peer_number, peer> known_;
};

} // namespace restante
