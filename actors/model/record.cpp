#include "restante/actors/model/record.hpp"

namespace restante::model {

const std::string& sender_of(const std::string& from, identity by) {
  static const std::string nobody;
  return by == identity::server && from == server_name ? nobody : from;
}

const std::string& record::sender() const {
  return sender_of(from, by);
}

std::uint64_t cost_of(const put_notification& asked) {
  return record_cost_bytes + asked.from.size() + asked.pack.size() + asked.message_id.size() +
         asked.collapse_key.size();
}

record record_of(const put_notification& asked, const trace_id& trace, instant now,
                 const limits& bounds) {
  record made;
  made.trace = trace;
  made.from = asked.from;
  made.pack = asked.pack;
  made.created_at = now;
  made.expires_at = now + (asked.ttl.count() > 0 ? asked.ttl : bounds.ttl_default);
  made.kind = asked.kind;
  made.want = asked.want;
  made.by = asked.by;
  const bool is_delayed = asked.delay.count() > 0;
  if (is_delayed || !asked.message_id.empty() || !asked.collapse_key.empty()) {
    made.extras = std::make_unique<record_extras>();
    made.extras->message_id = asked.message_id;
    made.extras->collapse_key = asked.collapse_key;
    if (is_delayed)
      made.extras->due_at = now + asked.delay;
  }
  return made;
}

record record_of(const kept_notification& kept) {
  record made;
  made.trace = kept.trace;
  made.from = kept.from;
  made.pack = kept.pack;
  made.created_at = kept.created_at;
  made.expires_at = kept.expires_at;
  made.delivered_at = kept.delivered_at;
  made.row = kept.row;
  made.attempts = kept.attempts;
  made.kind = kept.kind;
  made.want = kept.want;
  made.by = kept.by;
  const bool is_replied = kept.replied_at.ns != 0;
  if (is_replied || kept.due_at.ns != 0 || !kept.message_id.empty() || !kept.collapse_key.empty()) {
    made.extras = std::make_unique<record_extras>();
    made.extras->message_id = kept.message_id;
    made.extras->collapse_key = kept.collapse_key;
    made.extras->due_at = kept.due_at;
    made.extras->reply = kept.reply;
    made.extras->replied_at = kept.replied_at;
  }
  if (is_replied) {
    made.state = notification_state::replied;
  } else if (made.is_delivered()) {
    made.state = notification_state::delivered;
  } else if (made.attempts > 0) {
    made.state = notification_state::offered;
  }
  return made;
}

kept_notification kept_of(const record& of, const client_address& to) {
  kept_notification kept;
  kept.row = of.row;
  kept.to = to;
  kept.trace = of.trace;
  kept.from = of.from;
  kept.by = of.by;
  kept.pack = of.pack;
  kept.kind = of.kind;
  kept.want = of.want;
  kept.created_at = of.created_at;
  kept.expires_at = of.expires_at;
  kept.delivered_at = of.delivered_at;
  kept.attempts = of.attempts;
  if (of.extras) {
    kept.message_id = of.extras->message_id;
    kept.collapse_key = of.extras->collapse_key;
    kept.due_at = of.extras->due_at;
    kept.reply = of.extras->reply;
    kept.replied_at = of.extras->replied_at;
  }
  return kept;
}

notification_view view_of(const record& kept, const client_address& to) {
  notification_view seen;
  seen.trace = kept.trace;
  seen.from = kept.from;
  seen.to = to;
  seen.pack = kept.pack;
  seen.kind = kept.kind;
  seen.state = kept.state;
  seen.created_at = kept.created_at;
  seen.due_at = kept.due_at();
  seen.expires_at = kept.expires_at;
  seen.delivered_at = kept.delivered_at;
  seen.attempts = kept.attempts;
  if (kept.has_reply()) {
    seen.reply = kept.extras->reply;
    seen.replied_at = kept.extras->replied_at;
  }
  return seen;
}

offered_notification offer_of(const record& kept) {
  return {kept.trace,      kept.from,       kept.pack,    kept.kind,
          kept.created_at, kept.expires_at, kept.attempts};
}

} // namespace restante::model
