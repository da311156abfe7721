#pragma once

#include "restante/messages/assert.hpp"
#include "restante/messages/errc.hpp"
#include "restante/messages/ids.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace restante::model {

/// The progress of a shard that restores from the journal, and the messages that wait for it (spec
/// D2). A shard restores the whole slot at the start, and later the clients whose actor crashed. A
/// slot that cannot be restored stays unrestored, and everything that needs it is refused (spec
/// D3).
///
/// `Parked` is a message that came too early.
template <class Parked>
class restoration {
public:
  /// Begins to restore the whole slot.
  void begin() {
    RESTANTE_ASSERT(phase_ == phase::done);
    phase_ = phase::whole;
  }

  bool is_under_way() const { return phase_ == phase::whole || phase_ == phase::some; }
  bool is_whole() const { return phase_ == phase::whole; }

  /// Why the restore failed; `none` if it has not failed.
  errc failure() const { return failure_; }

  /// Whether a client is being restored now. Other clients go on unchanged.
  bool concerns(const std::string& ns, const std::string& id) const {
    return is_whole() || (is_under_way() && only_.contains({ns, id}));
  }

  /// Keeps a message until the slot is restored. True for the first message: from now on an
  /// operation waits.
  bool park(Parked what) {
    RESTANTE_ASSERT(is_under_way());
    parked_.push_back(std::move(what));
    return parked_.size() == 1;
  }

  /// Ends the restoration. Returns the parked messages in the order in which they came.
  std::vector<Parked> finish() { return end(phase::done); }
  std::vector<Parked> fail(errc why) {
    RESTANTE_ASSERT(why != errc::none);
    failure_ = why;
    return end(phase::failed);
  }

  /// An actor crashed. Nothing that is on disk is lost. Each client is restored only once: the
  /// restore itself may be what crashes it.
  void crashed(client_address who) {
    if (ever_crashed_.insert(who).second)
      crashed_.insert(std::move(who));
  }

  /// Begins to restore clients that crashed. False if there are none, or if they must wait or
  /// cannot be restored.
  bool begin_crashed() {
    if (crashed_.empty() || phase_ != phase::done)
      return false;
    only_ = std::exchange(crashed_, {});
    phase_ = phase::some;
    return true;
  }

private:
  enum class phase : std::uint8_t { done, whole, some, failed };

  std::vector<Parked> end(phase next) {
    RESTANTE_ASSERT(is_under_way());
    phase_ = next;
    only_.clear();
    return std::exchange(parked_, {});
  }

  phase phase_ = phase::done;
  errc failure_ = errc::none;
  std::set<client_address> only_; ///< of `phase::some`
  std::vector<Parked> parked_;
  std::set<client_address> crashed_; ///< to be restored next
  std::set<client_address> ever_crashed_;
};

} // namespace restante::model
