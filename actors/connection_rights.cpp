// The rights of a connection's owner, and what ends when they change (spec W7).

#include "restante/actors/connection.hpp"

namespace restante::actors {

/// Ends the subscriptions and watches that the new rights no longer allow, without telling the
/// sink. Keys stay until their leases end, because other clients rely on them.
void connection::take_rights() {
  rights_ = inbox_->take_rights();
  if (!rights_)
    return;
  for (const auto& topic : feed_.topics().leave_forbidden(*rights_)) {
    const topic_address at{setup_.client.ns, topic};
    to_topic(at, unsubscribe_topic{0, at});
  }
  for (const auto& client : feed_.clients().leave_forbidden(*rights_)) {
    const client_address watched{setup_.client.ns, client};
    to_client(watched, unwatch_client{0, watched});
  }
}

} // namespace restante::actors
