#include "restante/actors/model/record.hpp"

namespace restante::model {

const std::string& sender_of(const std::string& from, identity by) {
  static const std::string nobody;
  return by == identity::server && from == server_name ? nobody : from;
}

const std::string& record::sender() const {
  return sender_of(from, by);
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
