#include "restante/actors/model/record.hpp"

#include "restante/messages/copy_members.hpp"

#include <utility>

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

namespace {

/// Most notifications have no extras.
std::unique_ptr<record_extras> unless_empty(record_extras made) {
  return made == record_extras{} ? nullptr : std::make_unique<record_extras>(std::move(made));
}

} // namespace

record record_of(const put_notification& asked, const trace_id& trace, instant now,
                 const limits& bounds) {
  record made;
  copy_members(asked, made);
  made.trace = trace;
  made.created_at = now;
  made.expires_at = now + (asked.ttl.count() > 0 ? asked.ttl : bounds.ttl_default);
  record_extras extras;
  copy_members(asked, extras);
  if (asked.delay.count() > 0)
    extras.due_at = now + asked.delay;
  made.extras = unless_empty(std::move(extras));
  return made;
}

record record_of(const kept_notification& kept) {
  record made;
  copy_members(kept, made);
  record_extras extras;
  copy_members(kept, extras);
  made.extras = unless_empty(std::move(extras));
  if (made.has_reply()) {
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
  kept.to = to;
  copy_members(of, kept);
  if (of.extras)
    copy_members(*of.extras, kept);
  return kept;
}

notification_view view_of(const record& kept, const client_address& to) {
  notification_view seen;
  seen.to = to;
  seen.state = kept.state;
  copy_members(kept, seen);
  if (kept.extras)
    copy_members(*kept.extras, seen);
  return seen;
}

offered_notification offer_of(const record& kept) {
  offered_notification offer;
  copy_members(kept, offer);
  if (kept.extras)
    copy_members(*kept.extras, offer);
  return offer;
}

} // namespace restante::model
