#pragma once

#include "restante/messages/json/request_members.hpp"
#include "restante/messages/json/told_members.hpp"
#include "restante/messages/notification.hpp"

#include <span>

namespace restante::json {

/// The members that `notify.put` and `notify.put_many` have in common, without targets and
/// namespace.
std::span<const request_member<put_notification>> put_members();

/// The members of `notify.deliver`.
std::span<const told_member<offered_notification>> delivery_members();

/// The members of a notification in an answer.
std::span<const told_member<notification_view>> view_members();

} // namespace restante::json
