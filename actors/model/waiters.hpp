#pragma once

#include "restante/messages/ids.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace restante::model {

/// A number that an actor gives to another one it deals with, so that models need not
/// know handles. Never given twice by the same actor.
using peer_number = std::uint64_t;

/// Somebody who waits for a reply.
struct waiter {
  peer_number peer = 0;
  operation_number op = 0;
  instant deadline;
};

/// Who waits for which reply of one target (spec N13).
class waiters {
public:
  /// False if the maximum already waits for this trace.
  bool add(const trace_id& trace, const waiter& who);

  /// Takes away all that wait for `trace`: in the order in which they came.
  std::vector<waiter> take(const trace_id& trace);

  /// Takes away all whose deadline has come: `now >= deadline`.
  std::vector<waiter> take_due(instant now);

  /// Forgets a peer that is gone. Answers how many waits went with it.
  std::size_t forget(peer_number peer);

  /// Forgets one wait; false when there is none such.
  bool cancel(const trace_id& trace, peer_number peer, operation_number op);

  instant deadline() const;
  bool empty() const { return waiting_.empty(); }

private:
  void forget_deadline(const trace_id& trace, const waiter& who);

  std::map<trace_id, std::vector<waiter>> waiting_;
  std::multiset<std::pair<instant, trace_id>> deadlines_; ///< of all of them
};

} // namespace restante::model
