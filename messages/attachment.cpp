#include "restante/messages/attachment.hpp"

namespace restante {

std::string_view to_string(end_reason reason) {
  switch (reason) {
  case end_reason::left:
    return "left";
  case end_reason::lost:
    return "lost";
  case end_reason::taken_over:
  case end_reason::resumed: // a newer socket of the same client resumed the connection
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

close_code close_code_of(end_reason reason) {
  switch (reason) {
  case end_reason::left:
    return close_code::normal;
  case end_reason::shutdown:
    return close_code::shutdown;
  case end_reason::sink_failed:
    return close_code::sink_failed;
  case end_reason::lost:
    return close_code::no_pong;
  case end_reason::taken_over:
  case end_reason::resumed:
    return close_code::taken_over;
  case end_reason::refused:
    return close_code::forbidden;
  }
  return close_code::no_pong;
}

end_reason end_reason_of(close_code code) {
  switch (code) {
  case close_code::normal:
    return end_reason::left;
  case close_code::shutdown:
    return end_reason::shutdown;
  case close_code::sink_failed:
    return end_reason::sink_failed;
  case close_code::taken_over:
    return end_reason::taken_over;
  default:
    return code >= close_code::unauthenticated ? end_reason::refused : end_reason::lost;
  }
}

close_code close_code_of(const goodbye& why) {
  if (why.reason != end_reason::refused || row_of(why.code).may_retry == retry::no)
    return close_code_of(why.reason);
  return why.code == errc::shutting_down ? close_code::shutdown : close_code::refused_for_now;
}

} // namespace restante
