#include "restante/messages/json/hear.hpp"

#include "restante/messages/json/heard_fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace restante::json {

namespace {

heard read_reply(const heard_fields& from) {
  heard_reply reply;
  if (from.all().has("id"))
    reply.id = from.count<operation_number>("id");
  if (!from.flag("ok"))
    reply.why = from.error();
  return reply;
}

heard read_deliver(const heard_fields& from) {
  return delivery{{from.trace("trace"), from.text("from"), from.value("pack"), from.kind(),
                   from.time("created_at_ms"), from.time("expires_at_ms"),
                   from.count<std::uint32_t>("attempts")}};
}

heard read_receipt(const heard_fields& from) {
  return notification_step{
      {}, from.text("to"), from.trace("trace"), from.state(), from.time("at_ms")};
}

heard read_event(const heard_fields& from, topic_event event) {
  event.client = from.text("client_id");
  event.seq = from.count<std::uint64_t>("seq");
  return topic_events{
      {{{}, from.text("topic")}, from.count<epoch_number>("epoch"), {std::move(event)}}};
}

heard read_set(const heard_fields& from) {
  return read_event(from, {event_kind::set, 0, from.text("key"), {}, from.payload(), {}});
}

clear_reason reason_in(const heard_fields& from) {
  using enum clear_reason;
  const auto name = from.text("reason");
  for (const auto reason : {explicit_clear, disconnect, expired}) {
    if (to_string(reason) == name)
      return reason;
  }
  throw bad_field{{errc::bad_frame, "reason is none"}};
}

heard read_clear(const heard_fields& from) {
  return read_event(from, {event_kind::clear, 0, from.text("key"), {}, {}, reason_in(from)});
}

heard read_message(const heard_fields& from) {
  return read_event(from, {event_kind::message, 0, {}, {}, from.value("data"), {}});
}

heard read_snapshot(const heard_fields& from) {
  auto view = from.entries(view_reason::resync);
  view.topic = from.text("topic");
  return view;
}

heard read_lost(const heard_fields& from) {
  return entry_ended{
      {{}, from.text("topic")}, from.text("key"), 0, entry_end::taken_over, from.text("client_id")};
}

heard read_presence(const heard_fields& from) {
  const auto state = from.flag("connected") ? presence::connected : presence::absent;
  return client_presence{from.text("client"), state};
}

heard read_goodbye(const heard_fields& from) {
  heard_goodbye bye{from.count<std::uint16_t>("code"), from.text("reason"), errc::none};
  if (from.all().has("error"))
    bye.error = from.error().code;
  return bye;
}

struct frame_kind {
  std::string_view type;
  heard (*read)(const heard_fields&);
};

/// What is said most often comes first.
constexpr std::array<frame_kind, 10> kinds{{
    {"reply", read_reply},
    {"notify.deliver", read_deliver},
    {"topic.message", read_message},
    {"ephemeral.set", read_set},
    {"ephemeral.clear", read_clear},
    {"notify.receipt", read_receipt},
    {"client.presence", read_presence},
    {"ephemeral.snapshot", read_snapshot},
    {"ephemeral.lost", read_lost},
    {"goodbye", read_goodbye},
}};

heard read(members& fields) {
  const heard_fields from{fields};
  const auto type = from.text("_orama");
  const auto same = [&type](const frame_kind& kind) { return kind.type == type; };
  const auto* found = std::ranges::find_if(kinds, same);
  if (found == kinds.end())
    return heard_nothing{};
  auto what = found->read(from);
  if (auto* reply = std::get_if<heard_reply>(&what))
    reply->fields = std::move(fields);
  return what;
}

} // namespace

std::variant<heard, failure> hear(std::string_view frame) {
  return heard_or_failure<heard>([frame] {
    auto fields = members_inside(frame);
    return read(fields);
  });
}

} // namespace restante::json
