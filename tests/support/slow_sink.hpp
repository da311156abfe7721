#pragma once

#include "restante/broker/testing/world.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace restante::testing {

/// A sink that queues pushes and confirms them only when the test says so, as an actor behind a
/// slow socket would.
class slow_sink : public sink {
public:
  struct state {
    captured seen;
    std::size_t confirmed = 0;
    std::size_t ends = 0;
    caf::strong_actor_ptr connection;
    caf::actor voice; ///< the actor that confirms for it

    /// Confirms the next `n` pushes, in order, or as many as are queued.
    void confirm(std::size_t n) {
      for (; n > 0 && confirmed < seen.pushes.size(); --n, ++confirmed) {
        dialect::tell_in_name_of(caf::actor_cast<caf::strong_actor_ptr>(voice), connection,
                                 push_taken{});
      }
    }
    void confirm_all() { confirm(seen.pushes.size()); }

    std::size_t waiting_bytes() const {
      std::size_t bytes = 0;
      for (auto i = confirmed; i < seen.pushes.size(); ++i)
        bytes += size_of(seen.pushes[i]);
      return bytes;
    }
  };

  static std::shared_ptr<state> make_state(caf::actor_system& system) {
    auto made = std::make_shared<state>();
    made->voice = system.spawn([](caf::event_based_actor* self) -> caf::behavior {
      dialect::drop_unexpected(self);
      return {[](int) {}};
    });
    return made;
  }

  explicit slow_sink(std::shared_ptr<state> into) : into_{std::move(into)} {}

  void attached(const connect_receipt& receipt) override {
    into_->seen.connects.push_back(receipt);
  }
  flow take(const push& what) override {
    into_->seen.pushes.push_back(what);
    return flow::waiting;
  }
  void ended(const goodbye& why) override {
    into_->seen.end = why;
    ++into_->ends;
    into_->connection = nullptr;
  }
  caf::strong_actor_ptr watched() const override {
    return caf::actor_cast<caf::strong_actor_ptr>(into_->voice);
  }
  void set_connection(const caf::strong_actor_ptr& connection) override {
    into_->connection = connection;
  }

private:
  std::shared_ptr<state> into_;
};

} // namespace restante::testing
