#include "restante/messages/json/requests.hpp"

#include "restante/messages/json/decode.hpp"
#include "restante/messages/json/listing_members.hpp"
#include "restante/messages/json/notification_members.hpp"
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

/// An estimate of the length of the members that all puts have in common.
std::size_t common_bytes(const put_notification& put) {
  return names_bytes + put.to.ns.size() + put.from.size() + put.message_id.size() +
         put.collapse_key.size() + put.pack.size();
}

void add_common(writer& out, const put_notification& put) {
  write_members(out, put_members(), put);
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

// The common members of commands: the topic, the client, the trace, or a range of ids.

std::size_t bytes_of(const topic_address& at) {
  return at.topic.size() + at.ns.size();
}

void add(writer& out, const topic_address& at) {
  out.text("topic", at.topic);
  add_unless_empty(out, "ns", at.ns);
}

std::size_t bytes_of(const client_address& client) {
  return client.client.size() + client.ns.size();
}

void add(writer& out, const client_address& client) {
  add_unless_empty(out, "client", client.client);
  add_unless_empty(out, "ns", client.ns);
}

std::size_t bytes_of(const id_range& range) {
  return range.prefix.size() + range.after.size() + range.ns.size();
}

void add(writer& out, const id_range& range) {
  write_members(out, range_members(), range);
  add_unless_empty(out, "ns", range.ns);
}

std::size_t bytes_of(const trace_question& question) {
  return question.ns.size();
}

void add(writer& out, const trace_question& question) {
  out.trace("trace", question.trace);
  add_unless_empty(out, "ns", question.ns);
}

template <class Command>
const auto& common_members(const Command& what) {
  if constexpr (requires { what.at; })
    return what.at;
  else if constexpr (requires { what.client; })
    return what.client;
  else if constexpr (requires { what.question; })
    return what.question;
  else
    return what.range;
}

/// Begins the frame of a command with room for `bytes`.
template <class Command>
writer begin(std::string_view id, std::size_t bytes) {
  return begin(operation_for<Command>, id, bytes);
}

/// Begins the frame of a command with its common members, and room for `more_bytes`.
template <class Command>
writer begin_common(const Command& what, std::string_view id, std::size_t more_bytes = 0) {
  const auto& members = common_members(what);
  auto out = begin<Command>(id, names_bytes + bytes_of(members) + more_bytes);
  add(out, members);
  return out;
}

writer begin_ack(std::string_view id, const trace_id& trace) {
  auto out = begin<ack_notifications>(id, names_bytes);
  out.trace("trace", trace);
  return out;
}

/// Writes the frame of each command, under one id. A command with only the common members needs no
/// line of its own.
struct frame_writer {
  std::string_view id;

  template <class Command>
  std::string operator()(const Command& what) const {
    return begin_common(what, id).object();
  }

  std::string operator()(const put_notification& put) const {
    auto out = begin<put_notification>(id, common_bytes(put) + put.to.client.size());
    out.text("to", put.to.client);
    add_common(out, put);
    return std::move(out).object();
  }

  std::string operator()(const put_many& puts) const {
    const auto targets = array_of(puts.targets);
    auto out = begin<put_many>(id, common_bytes(puts.each) + targets.size());
    out.raw("targets", targets);
    add_common(out, puts.each);
    return std::move(out).object();
  }

  std::string operator()(const record_reply& reply) const {
    auto out = begin_common(reply, id, reply.value.size());
    return std::move(out.value("reply", reply.value)).object();
  }

  std::string operator()(const await_reply& wait) const {
    auto out = begin_common(wait, id);
    return std::move(out.number("timeout_ms", whole_ms_up(wait.timeout))).object();
  }

  std::string operator()(const purge_expired& purge) const {
    auto out = begin<purge_expired>(id, names_bytes);
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
    auto out = begin_common(set, id, set.key.size() + set.payload.size() / 3 * 4);
    out.text("key", set.key).payload("payload", set.payload);
    add_span(out, "ttl_ms", set.ttl);
    return std::move(out).object();
  }

  std::string operator()(const clear_entry& clear) const {
    auto out = begin_common(clear, id, clear.key.size());
    return std::move(out.text("key", clear.key)).object();
  }

  std::string operator()(const publish_message& message) const {
    auto out = begin_common(message, id, message.data.size());
    return std::move(out.value("data", message.data)).object();
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
