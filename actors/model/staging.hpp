#pragma once

#include "restante/actors/model/record.hpp"

#include <deque>
#include <list>
#include <vector>

namespace restante::model {

/// The notification that a put ends once its commit takes effect.
struct staged_end {
  trace_id victim; ///< zero: none
  notification_state how = notification_state::evicted;
};

/// The changes of a client queue that the journal has not answered yet. Nothing outside the queue
/// can see them (spec D1).
struct staging {
  std::list<record> puts;          ///< in the order of acceptance
  std::deque<staged_end> ends;     ///< one for each of `puts`
  std::vector<trace_id> announced; ///< offers that may be made whether the commit succeeds or not
  journal_changes changes;         ///< not sent yet

  bool has_changes() const { return size_of(changes) != 0; }

  bool is_empty() const { return puts.empty() && announced.empty() && !has_changes(); }
};

} // namespace restante::model
