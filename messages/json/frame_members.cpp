// The members of frames in JSON, without deliveries (notification_members.cpp) and the events of
// topics (frames.cpp, decode_frames.cpp).

#include "restante/messages/json/frame_members.hpp"

namespace restante::json {

namespace {

using name_of = std::string_view;

constexpr name_of step_to = "to";

/// In the order in which they are written.
constexpr told_member<notification_step> step_rows[] = {
    {"trace",
     [](writer& out, name_of name, const notification_step& from, instant) {
       out.trace(name, from.trace);
     },
     [](const decoded_fields& from, name_of name, notification_step& into) {
       (void)from.text(step_to); // an error in `to` is reported first
       into.trace = from.trace(name);
     }},
    told_text<&notification_step::to>(step_to),
    told_state<&notification_step::state>("state"),
    told_time<&notification_step::at>("at_ms"),
};

constexpr told_member<entry_ended> loss_rows[] = {
    {"topic",
     [](writer& out, name_of name, const entry_ended& from, instant) {
       out.text(name, from.at.topic);
     },
     [](const decoded_fields& from, name_of name, entry_ended& into) {
       into.at.topic = from.text(name);
     }},
    told_text<&entry_ended::key>("key"),
    told_text<&entry_ended::new_client>("client_id"),
};

constexpr name_of presence_connected = "connected";

/// In the order in which they are written.
constexpr told_member<client_presence> presence_rows[] = {
    {"client",
     [](writer& out, name_of name, const client_presence& from, instant) {
       out.text(name, from.client);
     },
     [](const decoded_fields& from, name_of name, client_presence& into) {
       (void)from.flag(presence_connected); // an error in `connected` is reported first
       into.client = from.text(name);
     }},
    told_flag<&client_presence::state, presence::connected>(presence_connected),
};

} // namespace

std::span<const told_member<notification_step>> step_members() {
  return step_rows;
}

std::span<const told_member<entry_ended>> loss_members() {
  return loss_rows;
}

std::span<const told_member<client_presence>> presence_members() {
  return presence_rows;
}

} // namespace restante::json
