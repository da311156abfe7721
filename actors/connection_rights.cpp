// What a connection's owner may ask for, when that changes (spec W7).

#include "restante/actors/connection.hpp"

namespace restante::actors {

/// What the inbox's rights no longer allow ends without a word. Keys stay until their lease
/// ends: others rely on them as they were promised.
void connection::take_rights() {
  rights_ = inbox_->take_rights();
  if (!rights_)
    return;
  std::erase_if(subscriptions_, [this](const auto& known) {
    if (may_read(known.first))
      return false;
    const topic_address at{setup_.client.ns, known.first};
    to_topic(at, unsubscribe_topic{0, at});
    return true;
  });
  std::erase_if(watches_, [this](const std::string& watched) {
    if (may_watch(watched))
      return false;
    missed_presence_.erase(watched);
    to_client({setup_.client.ns, watched}, unwatch_client{0, {setup_.client.ns, watched}});
    return true;
  });
}

} // namespace restante::actors
