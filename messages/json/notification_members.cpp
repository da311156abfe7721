// The members of a notification in JSON: what a put says, and what its target is told. A new field
// of a put is a row in each of the two tables.

#include "restante/messages/json/notification_members.hpp"

namespace restante::json {

namespace {

using put = put_notification;

/// `evict` or `reject`; where it is missing the broker's setting counts.
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

/// In the order in which a client writes them and the broker finds what is wrong.
constexpr request_member<put> put_rows[] = {
    {"pack",
     [](const members& from, std::string_view name, put& into) {
       into.pack = body::trusted_json(from.required_value(name));
     },
     [](writer& out, std::string_view name, const put& from) { out.value(name, from.pack); }},
    flag_member<&put::kind, notification_kind::suit>("suit"),
    span_member<&put::ttl>("ttl_ms"),
    span_member<&put::delay>("delay_ms"),
    id_member<&put::message_id>("message_id"),
    id_member<&put::collapse_key>("collapse_key"),
    {"at_cap", read_at_cap, write_at_cap},
    flag_member<&put::want, receipts::wanted>("receipts"),
    id_member<&put::from>("from"),
};

using offer = offered_notification;
using name_of = std::string_view;

/// In the order in which they are written.
constexpr told_member<offer> delivery_rows[] = {
    {"trace",
     [](writer& out, name_of name, const offer& it, instant) { out.trace(name, it.trace); },
     [](const decoded_fields& from, name_of name, offer& it) { it.trace = from.trace(name); }},
    {"from", //
     [](writer& out, name_of name, const offer& it, instant) { out.text(name, it.from); },
     [](const decoded_fields& from, name_of name, offer& it) { it.from = from.text(name); }},
    {"pack", [](writer& out, name_of name, const offer& it, instant) { out.value(name, it.pack); },
     [](const decoded_fields& from, name_of name, offer& it) { it.pack = from.value(name); }},
    {"suit",
     [](writer& out, name_of name, const offer& it, instant) {
       out.flag(name, it.kind == notification_kind::suit);
     },
     [](const decoded_fields& from, name_of, offer& it) { it.kind = from.kind(); }},
    {"created_at_ms",
     [](writer& out, name_of name, const offer& it, instant zero) {
       out.time(name, it.created_at, zero);
     },
     [](const decoded_fields& from, name_of name, offer& it) { it.created_at = from.time(name); }},
    {"expires_at_ms",
     [](writer& out, name_of name, const offer& it, instant zero) {
       out.time(name, it.expires_at, zero);
     },
     [](const decoded_fields& from, name_of name, offer& it) { it.expires_at = from.time(name); }},
    {"attempts",
     [](writer& out, name_of name, const offer& it, instant) { out.number(name, it.attempts); },
     [](const decoded_fields& from, name_of name, offer& it) {
       it.attempts = from.count<std::uint32_t>(name);
     }},
};

} // namespace

std::span<const request_member<put_notification>> put_members() {
  return put_rows;
}

std::span<const told_member<offered_notification>> delivery_members() {
  return delivery_rows;
}

} // namespace restante::json
