#include "restante/broker/cli/topic_lines.hpp"

#include "restante/broker/cli/printing.hpp"

#include <array>
#include <cstdio>

namespace restante::cli {

namespace {

/// The payload with a blank in front; an empty payload gives an empty text.
std::string payload_text(const body& payload) {
  return payload.empty() ? std::string{} : " " + text_of(payload);
}

std::string set_line(const std::string& key, const std::string& client, const body& payload,
                     const screen& to) {
  return to.painted("+ " + printable(key), paint::green) + " " + printable(client) +
         payload_text(payload);
}

} // namespace

std::string line_of(const topic_event& event, const screen& to) {
  switch (event.kind) {
  case event_kind::set:
    return set_line(event.key, event.client, event.payload, to);
  case event_kind::clear:
    return to.painted("- " + printable(event.key), paint::red) + " " + printable(event.client) +
           " " + std::string{to_string(event.reason)};
  case event_kind::message:
    break;
  }
  return to.painted(printable(event.client), paint::bold) + " " + text_of(event.payload);
}

std::string line_of(const entry_view& entry, const screen& to) {
  return set_line(entry.key, entry.client, entry.payload, to);
}

std::string listed(const entry_view& entry) {
  const double seconds = std::chrono::duration<double>(entry.expires_in).count();
  std::array<char, 48> left{};
  std::snprintf(left.data(), left.size(), " %.1f s", seconds);
  return printable(entry.key) + " " + printable(entry.client) + left.data() +
         payload_text(entry.payload);
}

} // namespace restante::cli
