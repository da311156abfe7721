// Decodes the answers among the frames to a client: each command has one type of answer.

#include "restante/messages/json/decode_frames.hpp"
#include "restante/messages/json/decoded_fields.hpp"
#include "restante/messages/json/notification_members.hpp"

#include <array>
#include <utility>

namespace restante::json {

namespace {

void read(const decoded_fields&, operation_done&) {}

void read(const decoded_fields& from, put_receipt& out) {
  out.trace = from.trace("trace");
  out.created_at = from.time("created_at_ms");
  out.expires_at = from.time("expires_at_ms");
  if (from.is_set("duplicate"))
    out.result = put_result::duplicate;
  if (from.all().has("accepted")) // older brokers have no journal and do not send `accepted`
    out.accepted = from.kept();
  if (from.all().has("evicted"))
    out.evicted = from.trace("evicted");
  if (from.all().has("collapsed"))
    out.collapsed = from.trace("collapsed");
}

void read(const decoded_fields& from, target_outcome& out) {
  out.target = from.text("to");
  if (from.flag("ok")) {
    read(from, out.receipt);
    return;
  }
  auto why = from.error();
  out.code = why.code;
  out.detail = std::move(why.detail);
}

void read(const decoded_fields& from, notification_view& out) {
  read_told(from, view_members(), out);
}

void read(const decoded_fields& from, listed_client& out) {
  out.client = from.text("client");
  out.state = from.flag("connected") ? presence::connected : presence::absent;
  out.pending = from.count<std::uint64_t>("pending");
}

void read(const decoded_fields& from, listed_topic& out) {
  out.topic = from.text("topic");
  out.keys = from.count<std::uint64_t>("keys");
  out.subscribers = from.count<std::uint64_t>("subscribers");
}

/// Reads an object inside the frame.
template <class Part>
Part part_of(std::string_view object) {
  const auto inside = members_inside(object);
  Part part;
  read(decoded_fields{inside}, part);
  return part;
}

void read(const decoded_fields& from, put_many_receipt& out) {
  for (const auto item : from.all().required_items("outcomes"))
    out.outcomes.push_back(part_of<target_outcome>(item));
}

void read(const decoded_fields& from, status_view& out) {
  out.notification = part_of<notification_view>(from.all().required_value("notification"));
}

void read(const decoded_fields& from, reply_view& out) {
  out.value = from.value("reply");
  out.replied_at = from.time("replied_at_ms");
}

void read(const decoded_fields& from, drain_view& out) {
  for (const auto item : from.all().required_items("notifications"))
    out.notifications.push_back(part_of<notification_view>(item));
}

void read(const decoded_fields& from, pending_view& out) {
  out.pending = from.count<std::uint64_t>("pending");
  if (from.is_set("connected"))
    out.state = presence::connected;
}

void read(const decoded_fields& from, purge_receipt& out) {
  out.removed = from.count<std::uint64_t>("removed");
}

void read(const decoded_fields& from, ack_receipt& out) {
  if (from.is_set("late"))
    out.result = ack_result::late;
}

void read(const decoded_fields& from, entry_receipt& out) {
  if (from.all().has("expires_at_ms"))
    out.expires_at = from.time("expires_at_ms");
}

void read(const decoded_fields& from, entries_view& out) {
  out = from.entries(view_reason::list);
}

template <class View, class Entry>
void read_list(const decoded_fields& from, std::string_view name, std::vector<Entry>& into,
               View& out) {
  for (const auto item : from.all().required_items(name))
    into.push_back(part_of<Entry>(item));
  out.total = from.count<std::uint64_t>("total");
  out.rest = from.flag("more") ? list_rest::more : list_rest::none;
}

void read(const decoded_fields& from, clients_view& out) {
  read_list(from, "clients", out.clients, out);
}

void read(const decoded_fields& from, topics_view& out) {
  read_list(from, "topics", out.topics, out);
}

template <class Command>
answer_value read_answer(const decoded_fields& from) {
  answer_to<Command> answer;
  read(from, answer);
  if constexpr (std::is_same_v<Command, subscribe_topic>)
    answer.reason = view_reason::subscribe;
  return answer;
}

using answer_reader = answer_value (*)(const decoded_fields&);

template <class... Commands>
constexpr std::array<answer_reader, sizeof...(Commands)> all_readers(type_list<Commands...>) {
  return {read_answer<Commands>...};
}

constexpr auto readers = all_readers(operations{});

/// A missing token is written as all zero: then there is nothing to resume.
trace_id resume_token(const decoded_fields& from) {
  return trace_of(from.text("resume")).value_or(trace_id{});
}

decoded_connect read_connected(const decoded_fields& from) {
  decoded_connect out;
  out.receipt.client = {from.text("ns"), from.text("client")};
  out.receipt.epoch = from.count<epoch_number>("epoch");
  out.receipt.resume = resume_token(from);
  if (from.flag("resumed"))
    out.receipt.result = attach_result::resumed;
  out.receipt.pending = from.count<std::uint64_t>("pending");
  out.ping = from.span("ping_ms");
  out.expires_in = from.all().milliseconds("expires_in_ms");
  return out;
}

} // namespace

answer_value answer_of(std::size_t kind, const members& fields) {
  if (kind >= readers.size())
    return failure{errc::internal, "there is no such kind of command"};
  auto read =
      decoded_or_failure<answer_value>([&] { return readers[kind](decoded_fields{fields}); });
  if (auto* bad = read.why())
    return std::move(*bad);
  return std::move(*read);
}

outcome<decoded_connect> connected_of(const members& fields) {
  return decoded_or_failure<decoded_connect>(
      [&] { return read_connected(decoded_fields{fields}); });
}

} // namespace restante::json
