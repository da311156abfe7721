#include "restante/actors/model/admission.hpp"

#include "restante/messages/assert.hpp"
#include "restante/messages/validate.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace restante::model {

namespace {

using refusal = admission::refusal;

refusal forbidden(std::string detail = {}) {
  return failure{errc::forbidden, std::move(detail)};
}

refusal check_range(const id_range& range) {
  if (range.limit < 1 || range.limit > listed_max)
    return failure{errc::invalid_argument, "limit is not 1 to " + std::to_string(listed_max)};
  if (auto bad = check_part_of_id("prefix", range.prefix))
    return bad;
  if (auto bad = check_part_of_id("after", range.after))
    return bad;
  return check_namespace(range.ns);
}

refusal check_optional_id(std::string_view what, std::string_view id) {
  return id.empty() ? std::nullopt : check_id(what, id);
}

} // namespace

errc may_ask(attachment_kind how, const command& what) {
  return refusal_of(facts_of_command(what).may_ask, how);
}

refusal admission::admit_each(put_notification& m) const {
  m.by = who();
  if (is_client()) {
    if (!m.from.empty() && m.from != client_.client)
      return forbidden("from is not this connection's client");
    m.from = client_.client;
    m.to.ns = client_.ns;
  } else {
    if (m.from.empty())
      m.from = server_name;
    m.want = receipts::none; // receipts go to a client, and this sender is no client
  }
  if (auto bad = check_id("to", m.to.client))
    return bad;
  if (auto bad = check_namespace(m.to.ns))
    return bad;
  if (auto bad = check_id("from", m.from))
    return bad;
  if (auto bad = check_optional_id("message_id", m.message_id))
    return bad;
  return check_optional_id("collapse_key", m.collapse_key);
}

refusal admission::admit(put_notification& m) const {
  if (auto bad = admit_each(m))
    return bad;
  if (!may_put(m.to.client))
    return forbidden();
  return check_value("pack", m.pack);
}

refusal admission::admit(put_many& m) const {
  if (m.targets.size() > put_many_targets_max)
    return failure{errc::too_many_targets, {}};
  if (m.targets.empty())
    return failure{errc::invalid_argument, "targets is empty"};
  m.each.to.client = "x"; // each target is checked by itself
  if (auto bad = admit_each(m.each))
    return bad;
  return check_value("pack", m.each.pack);
}

refusal admission::admit_target(const std::string& target) const {
  if (auto bad = check_id("to", target))
    return bad;
  return may_put(target) ? std::nullopt : forbidden();
}

refusal admission::admit_question(trace_question& m) const {
  m.by = who();
  m.asker = client_.client;
  m.asked_up_to = 0;
  if (is_client())
    m.ns = client_.ns;
  if (!m.trace)
    return failure{errc::not_found, {}};
  return check_namespace(m.ns);
}

refusal admission::admit(get_status& m) const {
  return admit_question(m.question);
}

refusal admission::admit(record_reply& m) const {
  if (auto bad = check_value("reply", m.value))
    return bad;
  return admit_question(m.question);
}

refusal admission::admit(await_reply& m, std::size_t under_way) const {
  if (under_way >= subscriptions_max + credit_max())
    return failure{errc::overloaded, {}};
  m.timeout = std::max(m.timeout, duration{0});
  return admit_question(m.question);
}

refusal admission::admit(drain_queue& m) const {
  RESTANTE_ASSERT(how_ == attachment_kind::serving);
  return check_address(m.client);
}

refusal admission::admit(get_pending& m) const {
  if (is_client()) {
    if (!m.client.client.empty() && m.client.client != client_.client)
      return forbidden();
    m.client = client_;
  }
  return check_address(m.client);
}

refusal admission::admit(purge_expired& m) const {
  RESTANTE_ASSERT(how_ == attachment_kind::serving);
  return check_namespace(m.ns);
}

refusal admission::admit(ack_notifications& m) const {
  RESTANTE_ASSERT(how_ == attachment_kind::attached);
  if (m.traces.size() > credit_max())
    return failure{errc::invalid_argument, {}};
  m.client = client_;
  return std::nullopt;
}

refusal admission::admit(set_entry& m) const {
  RESTANTE_ASSERT(how_ == attachment_kind::attached);
  m.at.ns = client_.ns;
  m.client = client_.client;
  if (auto bad = admit_writing(m.at, m.key))
    return bad;
  return check_size("payload", m.payload.size(), ephemeral_bytes_max);
}

refusal admission::admit(clear_entry& m) const {
  RESTANTE_ASSERT(how_ == attachment_kind::attached);
  m.at.ns = client_.ns;
  return admit_writing(m.at, m.key);
}

refusal admission::admit_writing(const topic_address& at, const std::string& key) const {
  if (auto bad = check_address(at))
    return bad;
  if (auto bad = check_id("key", key))
    return bad;
  if (allowed_ != nullptr && !allowed_->may_write(at.topic, key))
    return forbidden();
  return std::nullopt;
}

refusal admission::admit_reading(topic_address& at) const {
  if (is_client())
    at.ns = client_.ns;
  if (auto bad = check_address(at))
    return bad;
  return may_read(at.topic) ? std::nullopt : forbidden();
}

refusal admission::admit(subscribe_topic& m) const {
  m.at.ns = client_.ns;
  m.reason = view_reason::subscribe;
  if (auto bad = check_address(m.at))
    return bad;
  return may_read(m.at.topic) ? std::nullopt : forbidden();
}

refusal admission::admit(unsubscribe_topic& m) const {
  m.at.ns = client_.ns;
  return check_address(m.at);
}

refusal admission::admit(publish_message& m) const {
  RESTANTE_ASSERT(how_ == attachment_kind::attached);
  m.at.ns = client_.ns;
  m.client = client_.client;
  if (auto bad = check_address(m.at))
    return bad;
  if (allowed_ != nullptr && !allowed_->may_publish(m.at.topic))
    return forbidden();
  return check_value("data", m.data);
}

refusal admission::admit(watch_client& m) const {
  m.client.ns = client_.ns;
  if (auto bad = check_address(m.client))
    return bad;
  if (allowed_ != nullptr && !allowed_->may_watch(m.client.client))
    return forbidden();
  return std::nullopt;
}

refusal admission::admit(unwatch_client& m) const {
  m.client.ns = client_.ns;
  return check_address(m.client);
}

refusal admission::admit(list_clients& m) const {
  RESTANTE_ASSERT(how_ == attachment_kind::serving);
  return check_range(m.range);
}

refusal admission::admit(list_topics& m) const {
  if (is_client())
    m.range.ns = client_.ns;
  return check_range(m.range);
}

get_ids admission::readable_topics(id_range range) const {
  get_ids asked{0, std::move(range), id_scope::all, {}};
  if (allowed_ != nullptr) {
    std::vector<pattern_parts> parts;
    for (const auto& one : allowed_->read)
      parts.push_back(one.parts());
    asked.scope = id_scope::matching;
    asked.allowed = shared{std::move(parts)};
  }
  return asked;
}

instant admission::lease_end(const set_entry& m, instant now) const {
  const auto wanted = m.ttl.count() > 0 ? m.ttl : bounds_.lease_default;
  return now + std::min(wanted, lease_max);
}

std::size_t admission::credit_max() const {
  return is_client() ? bounds_.credit_operations : bounds_.server_credit_operations;
}

} // namespace restante::model
