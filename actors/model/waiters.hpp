#pragma once

#include "restante/messages/ids.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace restante::model {

/// A number that an actor gives to another actor that it deals with, so that models need no
/// handles. An actor never gives the same number twice.
using peer_number = std::uint64_t;

/// A peer that waits for a reply.
struct waiter {
  peer_number peer = 0;
  operation_number op = 0;
  instant deadline;
};

/// The waiters for each reply of one target (spec N13).
class waiters {
public:
  /// False if `waiters_max` peers already wait for this trace.
  bool add(const trace_id& trace, const waiter& who);

  /// Removes and returns all waiters for `trace`, in the order in which they came.
  std::vector<waiter> take(const trace_id& trace);

  /// Removes and returns all waiters whose deadline has come: `now >= deadline`.
  std::vector<waiter> take_due(instant now);

  /// Forgets a peer that is gone. Returns how many waits ended with it.
  std::size_t forget(peer_number peer);

  /// Forgets one wait; false if there is no such wait.
  bool cancel(const trace_id& trace, peer_number peer, operation_number op);

  instant deadline() const;
  bool empty() const { return waiting_.empty(); }

private:
  void forget_deadline(const trace_id& trace, const waiter& who);

  std::map<trace_id, std::vector<waiter>> waiting_;
  std::multiset<std::pair<instant, trace_id>> deadlines_; ///< of all of them
};

} // namespace restante::model
