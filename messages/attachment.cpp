#include "restante/messages/attachment.hpp"

namespace restante {

std::string_view to_string(end_reason reason) {
  switch (reason) {
  case end_reason::left:
    return "left";
  case end_reason::lost:
    return "lost";
  case end_reason::taken_over:
  case end_reason::resumed: // by a newer socket of the same client
    return "taken_over";
  case end_reason::shutdown:
    return "shutdown";
  case end_reason::sink_failed:
    return "sink_failed";
  case end_reason::refused:
    return "refused";
  }
  return "lost";
}

std::uint16_t close_code(end_reason reason) {
  switch (reason) {
  case end_reason::left:
    return 1000;
  case end_reason::shutdown:
    return 4001;
  case end_reason::sink_failed:
    return 4005;
  case end_reason::lost:
    return 4012;
  case end_reason::taken_over:
  case end_reason::resumed:
    return 4503;
  case end_reason::refused:
    return 4507;
  }
  return 4012;
}

bool should_reconnect(std::uint16_t close_code) {
  return close_code >= 4000 && close_code < 4500;
}

std::uint16_t close_code(const goodbye& why) {
  if (why.reason != end_reason::refused || row_of(why.code).may_retry == retry::no)
    return close_code(why.reason);
  return why.code == errc::shutting_down ? close_code(end_reason::shutdown) : 4003;
}

} // namespace restante
