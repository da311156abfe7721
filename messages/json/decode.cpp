#include "restante/messages/json/decode.hpp"

#include "restante/messages/json/partial.hpp"
#include "restante/messages/limits.hpp"
#include "restante/messages/validate.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace restante::json {

namespace {

constexpr std::array<std::pair<std::string_view, operation>, 25> operations{{
    {"connect", operation::connect},
    {"disconnect", operation::disconnect},
    {"cut", operation::cut},
    {"advance", operation::advance},
    {"ping", operation::ping},
    {"token.refresh", operation::refresh},
    {"notify.put", operation::put},
    {"notify.put_many", operation::put_many},
    {"notify.drain", operation::drain},
    {"notify.ack", operation::ack},
    {"notify.status", operation::status},
    {"notify.reply", operation::reply},
    {"notify.await", operation::await},
    {"notify.pending", operation::pending},
    {"notify.purge", operation::purge},
    {"ephemeral.set", operation::set},
    {"ephemeral.clear", operation::clear},
    {"ephemeral.list", operation::list},
    {"topic.subscribe", operation::subscribe},
    {"topic.unsubscribe", operation::unsubscribe},
    {"topic.publish", operation::publish},
    {"client.watch", operation::watch},
    {"client.unwatch", operation::unwatch},
    {"client.list", operation::clients},
    {"topic.list", operation::topics},
}};

failure invalid(std::string detail) {
  return {errc::invalid_argument, std::move(detail)};
}

/// The one place where decoding may throw: whatever `read` throws becomes a failure.
template <class Result, class Read>
outcome<Result> guarded(Read read) {
  try {
    return read();
  } catch (const bad_field& bad) {
    return bad.why;
  } catch (const std::exception&) {
    return failure{errc::bad_frame, {}};
  }
}

void read_id(request& out) {
  const auto* id = out.fields.find("id");
  if (id == nullptr)
    return;
  const char first = id->front();
  if (first != '"' && first != '-' && (first < '0' || first > '9')) {
    throw bad_field{invalid("id is neither a string nor a number")};
  }
  if (id->size() > id_bytes_max)
    throw bad_field{invalid("id has more than " + std::to_string(id_bytes_max) + " bytes")};
  out.id = *id;
}

/// With the operation that it is, or, if that is unknown, that it names.
void read_common(request& out) {
  const auto* op = out.fields.find("op");
  out.has_op = op != nullptr && op->front() == '"';
  read_id(out);
  if (out.op == operation::unknown)
    out.op = operation_of(out.fields.required_text("op"));
  if (out.op == operation::unknown)
    throw bad_field{{errc::unknown_op, {}}};
  out.ns = out.fields.text("ns").value_or("");
  if (const auto bad = check_namespace(out.ns))
    throw bad_field{*bad};
  out.as = out.fields.text("as");
}

/// A text that may be missing, and is empty then, but not empty when it is there.
std::string text_unless_missing(const members& fields, std::string_view name) {
  const auto text = fields.text(name);
  if (text && text->empty())
    throw bad_field{invalid(std::string{name} + " is empty")};
  return text.value_or("");
}

cap_policy cap_policy_field(const members& fields) {
  const auto text = fields.text("at_cap");
  if (!text)
    return cap_policy::standard;
  for (const auto policy : {cap_policy::evict, cap_policy::reject}) {
    if (to_string(policy) == *text)
      return policy;
  }
  throw bad_field{invalid("at_cap is neither evict nor reject")};
}

/// What puts have in common.
put_notification put_fields(const request& from) {
  const auto& fields = from.fields;
  put_notification put;
  put.to.ns = from.ns;
  put.pack = body::trusted_json(fields.required_value("pack"));
  if (fields.flag("suit").value_or(false))
    put.kind = notification_kind::suit;
  put.ttl = fields.milliseconds("ttl_ms").value_or(duration{0});
  put.delay = fields.milliseconds("delay_ms").value_or(duration{0});
  put.from = text_unless_missing(fields, "from");
  put.message_id = text_unless_missing(fields, "message_id");
  put.collapse_key = text_unless_missing(fields, "collapse_key");
  put.at_cap = cap_policy_field(fields);
  if (fields.flag("receipts").value_or(false))
    put.want = receipts::wanted;
  return put;
}

put_notification read_put(const request& from) {
  auto put = put_fields(from);
  put.to.client = from.fields.required_text("to");
  return put;
}

put_many read_put_many(const request& from) {
  return {from.fields.required_texts("targets"), put_fields(from)};
}

trace_id trace_field(const request& from) {
  const auto text = from.fields.required_text("trace");
  if (text.empty())
    throw bad_field{invalid("trace is empty")};
  return trace_of(text).value_or(trace_id{});
}

trace_question question(const request& from) {
  trace_question asked;
  asked.ns = from.ns;
  asked.trace = trace_field(from);
  return asked;
}

client_address client_field(const request& from) {
  return {from.ns, from.fields.required_text("client")};
}

topic_address topic_field(const request& from) {
  return {from.ns, from.fields.required_text("topic")};
}

set_entry read_set(const request& from) {
  set_entry set;
  set.at = topic_field(from);
  set.key = from.fields.required_text("key");
  if (const auto bytes = from.fields.bytes("payload"))
    set.payload = body::bytes(*bytes);
  set.ttl = from.fields.milliseconds("ttl_ms").value_or(duration{0});
  return set;
}

publish_message read_publish(const request& from) {
  return {0, topic_field(from), {}, body::trusted_json(from.fields.required_value("data"))};
}

/// A limit beyond what a number of its type can be is wrong in any case: 0 is as well.
id_range read_range(const request& from) {
  id_range range;
  range.prefix = from.fields.text("prefix").value_or("");
  range.after = from.fields.text("after").value_or("");
  const auto limit = from.fields.number("limit").value_or(listed_default);
  range.limit = limit > 0 && limit <= listed_max ? static_cast<std::uint32_t>(limit) : 0;
  range.ns = from.ns;
  return range;
}

command read_command(const request& from) {
  const auto& fields = from.fields;
  switch (from.op) {
  case operation::put:
    return read_put(from);
  case operation::put_many:
    return read_put_many(from);
  case operation::drain:
    return drain_queue{0, client_field(from)};
  case operation::ack:
    return ack_notifications{0, {}, 0, {trace_field(from)}};
  case operation::status:
    return get_status{question(from)};
  case operation::reply:
    return record_reply{question(from), body::trusted_json(fields.required_value("reply"))};
  case operation::await:
    return await_reply{question(from),
                       milliseconds_saturated(fields.required_number("timeout_ms"))};
  case operation::pending:
    return get_pending{0, {from.ns, fields.text("client").value_or("")}};
  case operation::purge:
    return purge_expired{0, from.ns};
  case operation::set:
    return read_set(from);
  case operation::clear:
    return clear_entry{0, topic_field(from), fields.required_text("key")};
  case operation::list:
    return list_entries{0, topic_field(from)};
  case operation::subscribe:
    return subscribe_topic{0, topic_field(from)};
  case operation::unsubscribe:
    return unsubscribe_topic{0, topic_field(from)};
  case operation::publish:
    return read_publish(from);
  case operation::watch:
    return watch_client{0, client_field(from)};
  case operation::unwatch:
    return unwatch_client{0, client_field(from)};
  case operation::clients:
    return list_clients{0, read_range(from)};
  case operation::topics:
    return list_topics{0, read_range(from)};
  default:
    throw bad_field{{errc::unknown_op, {}}};
  }
}

void read_resume(const request& from, connect_request& out) {
  const auto* value = from.fields.find("resume");
  if (value == nullptr || *value == "false")
    return;
  if (*value == "true") {
    out.resume_from = resume_target::last;
    return;
  }
  out.resume_from = resume_target::token;
  out.resume = trace_of(*from.fields.text("resume")).value_or(trace_id{});
}

connect_request read_connect(const request& from) {
  const auto& fields = from.fields;
  connect_request out;
  out.token = fields.text("token");
  out.client = fields.text("client");
  if (const auto acks = fields.text("ack")) {
    if (*acks != "auto" && *acks != "explicit") {
      throw bad_field{invalid("ack is neither auto nor explicit")};
    }
    out.acks = *acks == "auto" ? ack_mode::automatic : ack_mode::explicit_by_peer;
  }
  const auto inflight = fields.number("max_inflight").value_or(inflight_max);
  if (inflight < 1)
    throw bad_field{invalid("max_inflight is less than 1")};
  out.inflight = static_cast<std::uint32_t>(std::min<std::int64_t>(inflight, inflight_max));
  const auto window = fields.milliseconds("resume_window_ms").value_or(duration{0});
  out.resume_window = std::clamp(window, duration{0}, resume_window_max);
  read_resume(from, out);
  if (fields.flag("visit").value_or(false))
    out.how = connect_mode::visit;
  return out;
}

} // namespace

std::string_view to_string(operation op) {
  const auto same = [op](const auto& row) { return row.second == op; };
  const auto found = std::ranges::find_if(operations, same);
  return found != operations.end() ? found->first : "unknown";
}

operation operation_of(std::string_view name) {
  const auto same = [name](const auto& row) { return row.first == name; };
  const auto found = std::ranges::find_if(operations, same);
  return found != operations.end() ? found->second : operation::unknown;
}

bool needs_client(operation op) {
  switch (op) {
  case operation::ack:
  case operation::set:
  case operation::clear:
  case operation::subscribe:
  case operation::unsubscribe:
  case operation::publish:
  case operation::watch:
  case operation::unwatch:
    return true;
  default:
    return false;
  }
}

namespace {

/// A frame that cannot be read is answered with its `id` where that can be.
outcome<request> decode_part(operation op, std::string_view frame, failure why) {
  auto part = read_partially(frame);
  if (part.id.empty() && part.op.empty())
    return why;
  request out;
  out.op = op != operation::unknown ? op : operation_of(part.op);
  out.id = std::move(part.id);
  out.has_op = !part.op.empty();
  out.wrong = std::move(why);
  return out;
}

outcome<request> decode_as(operation op, std::string_view frame, std::size_t bytes_max) {
  return guarded<request>([&]() -> outcome<request> {
    auto read = members::read(frame, bytes_max);
    if (auto* bad = read.why())
      return decode_part(op, frame, std::move(*bad));
    request out;
    out.op = op;
    out.fields = std::move(*read);
    try {
      read_common(out);
    } catch (const bad_field& bad) {
      out.wrong = bad.why;
    }
    return out;
  });
}

} // namespace

outcome<request> decode(std::string_view frame, std::size_t bytes_max) {
  return decode_as(operation::unknown, frame, bytes_max);
}

outcome<request> decode_fields(operation op, std::string_view object) {
  return decode_as(op, object, frame_bytes_max);
}

outcome<command> command_of(const request& from) {
  return guarded<command>([&] { return read_command(from); });
}

outcome<std::string> token_of(const request& from) {
  return guarded<std::string>([&] { return from.fields.text("token").value_or(""); });
}

outcome<connect_request> connect_of(const request& from) {
  return guarded<connect_request>([&] { return read_connect(from); });
}

outcome<std::string> client_of(const request& from) {
  return guarded<std::string>([&] {
    auto client = from.fields.required_text("client");
    if (auto bad = check_id("client", client))
      throw bad_field{std::move(*bad)};
    return client;
  });
}

outcome<duration> pause_of(const request& from) {
  return guarded<duration>([&] {
    const auto pause = milliseconds_saturated(from.fields.required_number("ms"));
    if (pause.count() < 0)
      throw bad_field{invalid("ms is less than 0")};
    return pause;
  });
}

} // namespace restante::json
