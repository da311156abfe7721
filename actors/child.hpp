#pragma once

#include "restante/actors/environment.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace restante {

/// The values that a shard gives to a new child.
struct child_seed {
  environment_ptr environment;
  std::shared_ptr<model::account> memory;
  route_number route = 0;
  std::uint64_t number = 0;
  epoch_number epoch = 0; ///< for a topic; a client gets one at each connect
  std::string id;         ///< the client or the topic; its namespace is the account's
};

/// The duties of every child to its shard: to count the messages it handles, to tell when its
/// deadline moves earlier, and to ask to end once it holds nothing.
template <class ShardHandle>
class child_duties {
public:
  explicit child_duties(const child_seed& seed) : route_{seed.route}, number_{seed.number} {}

  /// Call it after each message that the shard forwarded.
  template <class Self>
  void settle(Self* self, const ShardHandle& shard, bool is_idle, instant deadline) {
    ++handled_;
    if (is_idle) {
      told_ = instant::never();
      dialect::tell(self, shard, child_idle{route_, number_, handled_});
    } else if (deadline < told_) {
      tell_deadline(self, shard, deadline, 0);
    }
  }

  /// Call it after a `child_due`: the shard has removed the old deadline and waits for the new one.
  template <class Self>
  void settle_due(Self* self, const ShardHandle& shard, bool is_idle, instant deadline) {
    tell_deadline(self, shard, deadline, 1);
    ++handled_;
    if (is_idle)
      dialect::tell(self, shard, child_idle{route_, number_, handled_});
  }

  /// Call it after an event that did not come through the shard, such as the end of a peer.
  template <class Self>
  void ask_to_go(Self* self, const ShardHandle& shard, bool is_idle) {
    if (is_idle)
      dialect::tell(self, shard, child_idle{route_, number_, handled_});
  }

  /// Call it after an event that did not come through the shard and may have changed the deadline.
  template <class Self>
  void settle_inside(Self* self, const ShardHandle& shard, bool is_idle, instant deadline) {
    if (!is_idle && deadline < told_)
      tell_deadline(self, shard, deadline, 0);
    ask_to_go(self, shard, is_idle);
  }

  /// Call it for the first delivered record, with `trims` 0; and once after each `trim_records`,
  /// with `trims` 1.
  template <class Self>
  void tell_records(Self* self, const ShardHandle& shard, instant oldest, std::uint64_t trims) {
    dialect::tell(self, shard, child_records{route_, number_, oldest, trims});
  }

  template <class Self>
  void crashed(Self* self, const ShardHandle& shard) {
    dialect::tell(self, shard, child_crashed{route_, number_});
  }

  route_number route() const { return route_; }

private:
  template <class Self>
  void tell_deadline(Self* self, const ShardHandle& shard, instant at, std::uint64_t dues) {
    told_ = at;
    dialect::tell(self, shard, child_deadline{route_, number_, at, dues});
  }

  route_number route_;
  std::uint64_t number_;
  std::uint64_t handled_ = 0;
  instant told_ = instant::never();
};

} // namespace restante
