#include "restante/messages/json/decode.hpp"

#include "restante/messages/json/command_members.hpp"
#include "restante/messages/json/connect_names.hpp"
#include "restante/messages/json/notification_members.hpp"
#include "restante/messages/json/partial.hpp"
#include "restante/messages/limits.hpp"
#include "restante/messages/validate.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace restante::json {

namespace {

/// The names of the operations that are not commands, in the order of `operation`.
constexpr std::array<std::string_view, first_command> plain_names{
    "unknown", "connect", "disconnect", "cut", "advance", "ping", "token.refresh"};

failure invalid(std::string detail) {
  return {errc::invalid_argument, std::move(detail)};
}

/// Turns each exception of `read` into a failure.
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

/// Reads the common members. An unknown `op` is read from the request.
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

/// The members that `notify.put` and `notify.put_many` have in common.
put_notification put_fields(const request& from) {
  put_notification put;
  put.to.ns = from.ns;
  read_members(from.fields, put_members(), put);
  return put;
}

/// Reads the members of a command. A command that has other members has a `read` of its own below.
template <class Command>
void read(const request& from, Command& out) {
  auto& subject = subject_of(out);
  read_members(from.fields, subject_members<Command>(), subject);
  subject.ns = from.ns;
  read_members(from.fields, own_members<Command>(), out);
}

void read(const request& from, put_notification& out) {
  out = put_fields(from);
  read_members(from.fields, own_members<put_notification>(), out);
}

void read(const request& from, put_many& out) {
  read_members(from.fields, own_members<put_many>(), out);
  out.each = put_fields(from);
}

void read(const request& from, ack_notifications& out) {
  trace_question asked;
  read_members(from.fields, trace_members(), asked);
  out.traces = {asked.trace};
}

void read(const request& from, purge_expired& out) {
  out.ns = from.ns;
}

template <class Command>
command read_as(const request& from) {
  Command out;
  read(from, out);
  return out;
}

using command_reader = command (*)(const request&);

template <class... Commands>
constexpr std::array<command_reader, sizeof...(Commands)>
all_command_readers(type_list<Commands...>) {
  return {read_as<Commands>...};
}

constexpr auto command_readers = all_command_readers(operations{});

command read_command(const request& from) {
  if (from.op < operation::first_command)
    throw bad_field{{errc::unknown_op, {}}};
  return command_readers.at(static_cast<std::size_t>(from.op) - first_command)(from);
}

void read_resume(const request& from, connect_request& out) {
  const auto* value = from.fields.find(connect_names::resume);
  if (value == nullptr || *value == "false")
    return;
  if (*value == "true") {
    out.resume_from = resume_target::last;
    return;
  }
  out.resume_from = resume_target::token;
  out.resume = trace_of(*from.fields.text(connect_names::resume)).value_or(trace_id{});
}

connect_request read_connect(const request& from) {
  const auto& fields = from.fields;
  connect_request out;
  out.token = fields.text(connect_names::token);
  out.client = fields.text(connect_names::client);
  if (const auto acks = fields.text(connect_names::ack)) {
    if (*acks != "auto" && *acks != "explicit") {
      throw bad_field{invalid("ack is neither auto nor explicit")};
    }
    out.acks = *acks == "auto" ? ack_mode::automatic : ack_mode::explicit_by_peer;
  }
  const auto inflight = fields.number(connect_names::max_inflight).value_or(inflight_max);
  if (inflight < 1)
    throw bad_field{invalid("max_inflight is less than 1")};
  out.inflight = static_cast<std::uint32_t>(std::min<std::int64_t>(inflight, inflight_max));
  const auto window = fields.milliseconds(connect_names::resume_window).value_or(duration{0});
  out.resume_window = std::clamp(window, duration{0}, resume_window_max);
  read_resume(from, out);
  if (fields.flag(connect_names::visit).value_or(false))
    out.how = connect_mode::visit;
  return out;
}

} // namespace

std::string_view to_string(operation op) {
  const auto number = static_cast<std::size_t>(op);
  if (number < first_command)
    return plain_names[number];
  return number < operations_count ? all_operation_facts[number - first_command].name : "unknown";
}

operation operation_of(std::string_view name) {
  std::size_t number = first_command; // commands first: they are the most frequent
  for (const auto& facts : all_operation_facts) {
    if (facts.name == name)
      return static_cast<operation>(number);
    ++number;
  }
  const auto* found = std::ranges::find(plain_names, name);
  return static_cast<operation>(found != plain_names.end() ? found - plain_names.begin() : 0);
}

bool needs_client(operation op) {
  if (op < operation::first_command)
    return false;
  const auto may_ask = all_operation_facts[static_cast<std::size_t>(op) - first_command].may_ask;
  return may_ask == asker::receiver || may_ask == asker::attachment;
}

namespace {

/// Describes a frame that cannot be read. The answer has the frame's `id` if the `id` can be read.
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
  return guarded<std::string>([&] { return from.fields.text(connect_names::token).value_or(""); });
}

outcome<connect_request> connect_of(const request& from) {
  return guarded<connect_request>([&] { return read_connect(from); });
}

outcome<std::string> client_of(const request& from) {
  return guarded<std::string>([&] {
    auto client = from.fields.required_text(connect_names::client);
    if (auto bad = check_id(connect_names::client, client))
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
