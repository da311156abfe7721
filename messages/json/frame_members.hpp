#pragma once

#include "restante/messages/attachment.hpp"
#include "restante/messages/ephemeral.hpp"
#include "restante/messages/json/told_members.hpp"
#include "restante/messages/notification.hpp"

#include <span>

namespace restante::json {

/// The members of `notify.receipt`.
std::span<const told_member<notification_step>> step_members();

/// The members of `ephemeral.lost`.
std::span<const told_member<entry_ended>> loss_members();

/// The members of `client.presence`.
std::span<const told_member<client_presence>> presence_members();

} // namespace restante::json
