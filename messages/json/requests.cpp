#include "restante/messages/json/requests.hpp"

#include "restante/messages/json/decode.hpp"
#include "restante/messages/json/writer.hpp"
#include "restante/messages/limits.hpp"

#include <variant>

namespace restante::json {

namespace {

/// Room for the names and numbers of a frame, so that it is allocated once.
constexpr std::size_t names_bytes = 128;

writer begin(operation op, std::string_view id, std::size_t bytes = names_bytes) {
  return writer::request(to_string(op), id, bytes);
}

void add_unless_empty(writer& out, std::string_view name, std::string_view value) {
  if (!value.empty())
    out.text(name, value);
}

void add_span(writer& out, std::string_view name, duration span) {
  if (span > duration{0})
    out.number(name, whole_ms_up(span));
}

/// What puts have in common, and about how long it is.
std::size_t common_bytes(const put_notification& put) {
  return names_bytes + put.to.ns.size() + put.from.size() + put.message_id.size() +
         put.collapse_key.size() + put.pack.size();
}

void add_common(writer& out, const put_notification& put) {
  out.value("pack", put.pack);
  if (put.kind == notification_kind::suit)
    out.flag("suit", true);
  add_span(out, "ttl_ms", put.ttl);
  add_span(out, "delay_ms", put.delay);
  add_unless_empty(out, "message_id", put.message_id);
  add_unless_empty(out, "collapse_key", put.collapse_key);
  if (put.at_cap != cap_policy::standard)
    out.text("at_cap", to_string(put.at_cap));
  if (put.want == receipts::wanted)
    out.flag("receipts", true);
  add_unless_empty(out, "from", put.from);
  add_unless_empty(out, "ns", put.to.ns);
}

std::string array_of(const std::vector<std::string>& texts) {
  list_writer items;
  std::string item;
  for (const auto& text : texts) {
    item.clear();
    append_string(item, text);
    items.add(item);
  }
  return std::move(items).array();
}

writer begin(operation op, std::string_view id, const topic_address& at, std::size_t bytes = 0) {
  auto out = begin(op, id, names_bytes + at.topic.size() + at.ns.size() + bytes);
  out.text("topic", at.topic);
  add_unless_empty(out, "ns", at.ns);
  return out;
}

writer begin(operation op, std::string_view id, const client_address& client) {
  auto out = begin(op, id, names_bytes + client.client.size() + client.ns.size());
  add_unless_empty(out, "client", client.client);
  add_unless_empty(out, "ns", client.ns);
  return out;
}

writer begin(operation op, std::string_view id, const id_range& range) {
  const auto texts = range.prefix.size() + range.after.size() + range.ns.size();
  auto out = begin(op, id, names_bytes + texts);
  add_unless_empty(out, "prefix", range.prefix);
  add_unless_empty(out, "after", range.after);
  if (range.limit != listed_default)
    out.number("limit", range.limit);
  add_unless_empty(out, "ns", range.ns);
  return out;
}

writer begin(operation op, std::string_view id, const trace_question& question,
             std::size_t bytes = 0) {
  auto out = begin(op, id, names_bytes + question.ns.size() + bytes);
  out.trace("trace", question.trace);
  add_unless_empty(out, "ns", question.ns);
  return out;
}

writer begin_ack(std::string_view id, const trace_id& trace) {
  auto out = begin(operation::ack, id);
  out.trace("trace", trace);
  return out;
}

/// Writes the frame of each command, under one id.
struct frame_writer {
  std::string_view id;

  std::string operator()(const put_notification& put) const {
    auto out = begin(operation::put, id, common_bytes(put) + put.to.client.size());
    out.text("to", put.to.client);
    add_common(out, put);
    return std::move(out).object();
  }

  std::string operator()(const put_many& puts) const {
    const auto targets = array_of(puts.targets);
    auto out = begin(operation::put_many, id, common_bytes(puts.each) + targets.size());
    out.raw("targets", targets);
    add_common(out, puts.each);
    return std::move(out).object();
  }

  std::string operator()(const get_status& asked) const {
    return begin(operation::status, id, asked.question).object();
  }

  std::string operator()(const record_reply& reply) const {
    auto out = begin(operation::reply, id, reply.question, reply.value.size());
    return std::move(out.value("reply", reply.value)).object();
  }

  std::string operator()(const await_reply& wait) const {
    auto out = begin(operation::await, id, wait.question);
    return std::move(out.number("timeout_ms", whole_ms_up(wait.timeout))).object();
  }

  std::string operator()(const drain_queue& drain) const {
    return begin(operation::drain, id, drain.client).object();
  }

  std::string operator()(const get_pending& asked) const {
    return begin(operation::pending, id, asked.client).object();
  }

  std::string operator()(const purge_expired& purge) const {
    auto out = begin(operation::purge, id);
    add_unless_empty(out, "ns", purge.ns);
    return std::move(out).object();
  }

  std::string operator()(const ack_notifications& acks) const {
    const auto trace = acks.traces.empty() ? trace_id{} : acks.traces.front();
    auto out = begin_ack(id, trace);
    add_unless_empty(out, "ns", acks.client.ns);
    return std::move(out).object();
  }

  std::string operator()(const set_entry& set) const {
    auto out = begin(operation::set, id, set.at, set.key.size() + set.payload.size() / 3 * 4);
    out.text("key", set.key).payload("payload", set.payload);
    add_span(out, "ttl_ms", set.ttl);
    return std::move(out).object();
  }

  std::string operator()(const clear_entry& clear) const {
    auto out = begin(operation::clear, id, clear.at, clear.key.size());
    return std::move(out.text("key", clear.key)).object();
  }

  std::string operator()(const list_entries& list) const {
    return begin(operation::list, id, list.at).object();
  }

  std::string operator()(const subscribe_topic& fields) const {
    return begin(operation::subscribe, id, fields.at).object();
  }

  std::string operator()(const unsubscribe_topic& fields) const {
    return begin(operation::unsubscribe, id, fields.at).object();
  }

  std::string operator()(const publish_message& message) const {
    auto out = begin(operation::publish, id, message.at, message.data.size());
    return std::move(out.value("data", message.data)).object();
  }

  std::string operator()(const watch_client& watch) const {
    return begin(operation::watch, id, watch.client).object();
  }

  std::string operator()(const unwatch_client& watch) const {
    return begin(operation::unwatch, id, watch.client).object();
  }

  std::string operator()(const list_clients& list) const {
    return begin(operation::clients, id, list.range).object();
  }

  std::string operator()(const list_topics& list) const {
    return begin(operation::topics, id, list.range).object();
  }
};

} // namespace

std::string request_frame(std::string_view id, const command& what) {
  return std::visit(frame_writer{id}, what);
}

std::string ack_frame(const trace_id& trace) {
  return begin_ack({}, trace).object();
}

std::string connect_frame(std::string_view id, const connect_fields& fields) {
  auto out = begin(operation::connect, id);
  add_unless_empty(out, "token", fields.token);
  add_unless_empty(out, "client", fields.client);
  add_unless_empty(out, "ns", fields.ns);
  out.text("ack", fields.acks == ack_mode::automatic ? "auto" : "explicit");
  if (fields.inflight != inflight_max)
    out.number("max_inflight", fields.inflight);
  if (fields.resume_window > duration{0})
    out.number("resume_window_ms", whole_ms_up(fields.resume_window));
  if (fields.resume)
    out.trace("resume", fields.resume);
  if (fields.how == connect_mode::visit)
    out.flag("visit", true);
  return std::move(out).object();
}

std::string disconnect_frame(std::string_view id) {
  return begin(operation::disconnect, id).object();
}

std::string refresh_frame(std::string_view id, std::string_view token) {
  auto out = begin(operation::refresh, id, names_bytes + token.size());
  return std::move(out.text("token", token)).object();
}

} // namespace restante::json
