// The members of commands in JSON. A new member of a command is a row in one of these tables.

#include "restante/messages/json/command_members.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace restante::json {

namespace {

// --- the address of a command ---

constexpr request_member<topic_address> topic_rows[] = {
    required_text_member<&topic_address::topic>("topic"),
};

constexpr auto optional_client = text_member<&client_address::client>("client");

constexpr request_member<client_address> optional_client_rows[] = {optional_client};

/// The broker requires a client. A client program does not write an empty one, and is told that
/// the member is missing.
constexpr request_member<client_address> client_rows[] = {
    {optional_client.name, required_text_member<&client_address::client>("client").read,
     optional_client.write},
};

/// A text that is no trace becomes the zero trace, which no notification has.
void read_trace(const members& from, std::string_view name, trace_question& into) {
  const auto text = from.required_text(name);
  if (text.empty())
    throw bad_field{{errc::invalid_argument, std::string{name} + " is empty"}};
  into.trace = trace_of(text).value_or(trace_id{});
}

void write_trace(writer& out, std::string_view name, const trace_question& from) {
  out.trace(name, from.trace);
}

constexpr request_member<trace_question> trace_rows[] = {{"trace", read_trace, write_trace}};

// --- the own members of a command ---

void read_target(const members& from, std::string_view name, put_notification& into) {
  into.to.client = from.required_text(name);
}

void write_target(writer& out, std::string_view name, const put_notification& from) {
  out.text(name, from.to.client);
}

constexpr request_member<put_notification> put_own_rows[] = {{"to", read_target, write_target}};

void read_targets(const members& from, std::string_view name, put_many& into) {
  into.targets = from.required_texts(name);
}

void write_targets(writer& out, std::string_view name, const put_many& from) {
  list_writer items;
  std::string item;
  for (const auto& target : from.targets) {
    item.clear();
    append_string(item, target);
    items.add(item);
  }
  out.raw(name, std::move(items).array());
}

constexpr request_member<put_many> put_many_own_rows[] = {
    {"targets", read_targets, write_targets},
};

constexpr request_member<record_reply> reply_own_rows[] = {
    required_value_member<&record_reply::value>("reply"),
};

void read_timeout(const members& from, std::string_view name, await_reply& into) {
  into.timeout = milliseconds_saturated(from.required_number(name));
}

/// A timeout has no default, so each one is written.
void write_timeout(writer& out, std::string_view name, const await_reply& from) {
  out.number(name, whole_ms_up(from.timeout));
}

constexpr request_member<await_reply> await_own_rows[] = {
    {"timeout_ms", read_timeout, write_timeout},
};

constexpr request_member<set_entry> set_own_rows[] = {
    required_text_member<&set_entry::key>("key"),
    payload_member<&set_entry::payload>("payload"),
    span_member<&set_entry::ttl>("ttl_ms"),
};

constexpr request_member<clear_entry> clear_own_rows[] = {
    required_text_member<&clear_entry::key>("key"),
};

constexpr request_member<publish_message> publish_own_rows[] = {
    required_value_member<&publish_message::data>("data"),
};

} // namespace

std::span<const request_member<topic_address>> topic_members() {
  return topic_rows;
}

std::span<const request_member<client_address>> client_members() {
  return client_rows;
}

std::span<const request_member<client_address>> optional_client_members() {
  return optional_client_rows;
}

std::span<const request_member<trace_question>> trace_members() {
  return trace_rows;
}

template <>
std::span<const request_member<put_notification>> own_members<put_notification>() {
  return put_own_rows;
}

template <>
std::span<const request_member<put_many>> own_members<put_many>() {
  return put_many_own_rows;
}

template <>
std::span<const request_member<record_reply>> own_members<record_reply>() {
  return reply_own_rows;
}

template <>
std::span<const request_member<await_reply>> own_members<await_reply>() {
  return await_own_rows;
}

template <>
std::span<const request_member<set_entry>> own_members<set_entry>() {
  return set_own_rows;
}

template <>
std::span<const request_member<clear_entry>> own_members<clear_entry>() {
  return clear_own_rows;
}

template <>
std::span<const request_member<publish_message>> own_members<publish_message>() {
  return publish_own_rows;
}

} // namespace restante::json
