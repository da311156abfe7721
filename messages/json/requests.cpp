#include "restante/messages/json/requests.hpp"

#include "restante/messages/json/command_members.hpp"
#include "restante/messages/json/connect_names.hpp"
#include "restante/messages/json/decode.hpp"
#include "restante/messages/json/notification_members.hpp"
#include "restante/messages/json/writer.hpp"
#include "restante/messages/limits.hpp"

#include <variant>

namespace restante::json {

namespace {

/// Estimated length of the names and numbers of a frame, so that the frame is allocated once.
constexpr std::size_t names_bytes = 128;

writer begin(operation op, std::string_view id, std::size_t bytes = names_bytes) {
  return writer::request(to_string(op), id, bytes);
}

void add_unless_empty(writer& out, std::string_view name, std::string_view value) {
  if (!value.empty())
    out.text(name, value);
}

void add_namespace(writer& out, std::string_view ns) {
  add_unless_empty(out, "ns", ns);
}

// Estimated lengths of the members of a command.

std::size_t length_of(const topic_address& at) {
  return at.topic.size() + at.ns.size();
}

std::size_t length_of(const client_address& client) {
  return client.client.size() + client.ns.size();
}

std::size_t length_of(const id_range& range) {
  return range.prefix.size() + range.after.size() + range.ns.size();
}

std::size_t length_of(const trace_question& question) {
  return question.ns.size();
}

/// Without the targets.
std::size_t common_length_of(const put_notification& put) {
  return put.to.ns.size() + put.from.size() + put.message_id.size() + put.collapse_key.size() +
         put.pack.size();
}

std::size_t own_length_of(const put_notification& put) {
  return put.to.client.size();
}

std::size_t own_length_of(const put_many& puts) {
  std::size_t length = 0;
  for (const auto& target : puts.targets)
    length += target.size() + 3; // two quotes and a comma
  return length;
}

std::size_t own_length_of(const record_reply& reply) {
  return reply.value.size();
}

std::size_t own_length_of(const set_entry& set) {
  return set.key.size() + set.payload.size() / 3 * 4;
}

std::size_t own_length_of(const clear_entry& clear) {
  return clear.key.size();
}

std::size_t own_length_of(const publish_message& message) {
  return message.data.size();
}

template <class Command>
std::size_t own_length_of(const Command&) {
  return 0;
}

/// Begins the frame of a command with room for `bytes`.
template <class Command>
writer begin(std::string_view id, std::size_t bytes = 0) {
  return begin(operation_for<Command>, id, names_bytes + bytes);
}

/// The frame of a `notify.put` or `notify.put_many`: targets first, then the common members.
template <class Put>
std::string put_frame(std::string_view id, const Put& what, const put_notification& common) {
  auto out = begin<Put>(id, own_length_of(what) + common_length_of(common));
  write_members(out, own_members<Put>(), what);
  write_members(out, put_members(), common);
  add_namespace(out, common.to.ns);
  return std::move(out).object();
}

writer begin_ack(std::string_view id, const trace_id& trace) {
  auto out = begin<ack_notifications>(id);
  trace_question asked;
  asked.trace = trace;
  write_members(out, trace_members(), asked);
  return out;
}

/// Writes the frame of a command. A command whose members are all in the tables
/// needs no function of its own.
struct frame_writer {
  std::string_view id;

  template <class Command>
  std::string operator()(const Command& what) const {
    const auto& subject = subject_of(what);
    auto out = begin<Command>(id, length_of(subject) + own_length_of(what));
    write_members(out, subject_members<Command>(), subject);
    add_namespace(out, subject.ns);
    write_members(out, own_members<Command>(), what);
    return std::move(out).object();
  }

  std::string operator()(const put_notification& put) const { return put_frame(id, put, put); }
  std::string operator()(const put_many& puts) const { return put_frame(id, puts, puts.each); }

  std::string operator()(const purge_expired& purge) const {
    auto out = begin<purge_expired>(id);
    add_namespace(out, purge.ns);
    return std::move(out).object();
  }

  std::string operator()(const ack_notifications& acks) const {
    const auto trace = acks.traces.empty() ? trace_id{} : acks.traces.front();
    auto out = begin_ack(id, trace);
    add_namespace(out, acks.client.ns);
    return std::move(out).object();
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
  add_unless_empty(out, connect_names::token, fields.token);
  add_unless_empty(out, connect_names::client, fields.client);
  add_namespace(out, fields.ns);
  out.text(connect_names::ack, fields.acks == ack_mode::automatic ? "auto" : "explicit");
  if (fields.inflight != inflight_max)
    out.number(connect_names::max_inflight, fields.inflight);
  if (fields.resume_window > duration{0})
    out.number(connect_names::resume_window, whole_ms_up(fields.resume_window));
  if (fields.resume)
    out.trace(connect_names::resume, fields.resume);
  if (fields.how == connect_mode::visit)
    out.flag(connect_names::visit, true);
  return std::move(out).object();
}

std::string disconnect_frame(std::string_view id) {
  return begin(operation::disconnect, id).object();
}

std::string refresh_frame(std::string_view id, std::string_view token) {
  auto out = begin(operation::refresh, id, names_bytes + token.size());
  return std::move(out.text(connect_names::token, token)).object();
}

} // namespace restante::json
