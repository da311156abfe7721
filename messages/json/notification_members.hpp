#pragma once

#include "restante/messages/json/decoded_fields.hpp"
#include "restante/messages/json/request_members.hpp"
#include "restante/messages/notification.hpp"

#include <span>
#include <string_view>

namespace restante::json {

/// What puts have in common. Targets and namespace are not among it.
std::span<const request_member<put_notification>> put_members();

/// One member of a frame or an answer: how the broker writes it and a client reads it.
template <class T>
struct told_member {
  std::string_view name;
  void (*write)(writer& out, std::string_view name, const T& from, instant zero);
  void (*read)(const decoded_fields& from, std::string_view name, T& into);
};

/// The members of `notify.deliver`.
std::span<const told_member<offered_notification>> delivery_members();

} // namespace restante::json
