// The members of a notification in JSON: in puts, and in frames to others. A new field of a put is
// a row in each of these tables.

#include "restante/messages/json/notification_members.hpp"

namespace restante::json {

namespace {

using put = put_notification;

/// Reads `evict` or `reject`. Without the member the broker uses its setting.
void read_at_cap(const members& from, std::string_view name, put& into) {
  const auto text = from.text(name);
  if (!text)
    return;
  for (const auto policy : {cap_policy::evict, cap_policy::reject}) {
    if (to_string(policy) == *text) {
      into.at_cap = policy;
      return;
    }
  }
  throw bad_field{{errc::invalid_argument, "at_cap is neither evict nor reject"}};
}

void write_at_cap(writer& out, std::string_view name, const put& from) {
  if (from.at_cap != cap_policy::standard)
    out.text(name, to_string(from.at_cap));
}

/// The order in which a client writes the members and the broker reports errors.
constexpr request_member<put> put_rows[] = {
    required_value_member<&put::pack>("pack"),
    flag_member<&put::kind, notification_kind::suit>("suit"),
    span_member<&put::ttl>("ttl_ms"),
    span_member<&put::delay>("delay_ms"),
    id_member<&put::from>("from"),
    id_member<&put::message_id>("message_id"),
    id_member<&put::collapse_key>("collapse_key"),
    {"at_cap", read_at_cap, write_at_cap},
    flag_member<&put::want, receipts::wanted>("receipts"),
};

using offer = offered_notification;

/// In the order in which they are written.
constexpr told_member<offer> delivery_rows[] = {
    told_trace<&offer::trace>("trace"),
    told_text<&offer::from>("from"),
    told_value<&offer::pack>("pack"),
    told_flag<&offer::kind, notification_kind::suit>("suit"),
    told_time<&offer::created_at>("created_at_ms"),
    told_time<&offer::expires_at>("expires_at_ms"),
    told_count<&offer::attempts>("attempts"),
};

using view = notification_view;
using name_of = std::string_view;

constexpr name_of delivered = "delivered";
constexpr name_of replied = "replied";

/// In the order in which they are written.
constexpr told_member<view> view_rows[] = {
    told_trace<&view::trace>("trace"),
    told_text<&view::from>("from"),
    {"to",
     [](writer& out, name_of name, const view& from, instant) { out.text(name, from.to.client); },
     [](const decoded_fields& from, name_of name, view& it) { it.to.client = from.text(name); }},
    told_value<&view::pack>("pack"),
    told_flag<&view::kind, notification_kind::suit>("suit"),
    told_state<&view::state>("state"),
    told_time<&view::created_at>("created_at_ms"),
    {"due_at_ms",
     [](writer& out, name_of name, const view& it, instant zero) {
       if (it.scheduled())
         out.time(name, it.due_at, zero);
     },
     [](const decoded_fields& from, name_of name, view& it) {
       if (from.all().has(name))
         it.due_at = from.time(name);
     }},
    told_time<&view::expires_at>("expires_at_ms"),
    {delivered,
     [](writer& out, name_of name, const view& it, instant) { out.flag(name, it.delivered()); },
     [](const decoded_fields& from, name_of name, view&) { (void)from.flag(name); }},
    {"delivered_at_ms",
     [](writer& out, name_of name, const view& it, instant zero) {
       if (it.delivered())
         out.time(name, it.delivered_at, zero);
     },
     [](const decoded_fields& from, name_of name, view& it) {
       if (from.flag(delivered))
         it.delivered_at = from.time(name);
     }},
    {replied,
     [](writer& out, name_of name, const view& it, instant) { out.flag(name, it.replied()); },
     [](const decoded_fields& from, name_of name, view&) { (void)from.flag(name); }},
    {"reply",
     [](writer& out, name_of name, const view& it, instant) {
       if (it.replied())
         out.value(name, it.reply);
     },
     [](const decoded_fields& from, name_of name, view& it) {
       if (from.flag(replied))
         it.reply = from.value(name);
     }},
    {"replied_at_ms",
     [](writer& out, name_of name, const view& it, instant zero) {
       if (it.replied())
         out.time(name, it.replied_at, zero);
     },
     [](const decoded_fields& from, name_of name, view& it) {
       if (from.flag(replied))
         it.replied_at = from.time(name);
     }},
    told_count<&view::attempts>("attempts"),
};

} // namespace

std::span<const request_member<put_notification>> put_members() {
  return put_rows;
}

std::span<const told_member<offered_notification>> delivery_members() {
  return delivery_rows;
}

std::span<const told_member<notification_view>> view_members() {
  return view_rows;
}

} // namespace restante::json
