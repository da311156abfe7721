#include "restante/messages/notification.hpp"

namespace restante {

std::string_view to_string(notification_state state) {
  using enum notification_state;
  switch (state) {
  case queued:
    return "queued";
  case offered:
    return "offered";
  case delivered:
    return "delivered";
  case replied:
    return "replied";
  case expired:
    return "expired";
  case evicted:
    return "evicted";
  case collapsed:
    return "collapsed";
  }
  return "queued";
}

std::string_view to_string(kept_in where) {
  return where == kept_in::disk ? "disk" : "memory";
}

std::string_view to_string(cap_policy what) {
  using enum cap_policy;
  switch (what) {
  case evict:
    return "evict";
  case reject:
    return "reject";
  case standard:
    break;
  }
  return "standard";
}

} // namespace restante
