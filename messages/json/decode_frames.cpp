#include "restante/messages/json/decode_frames.hpp"

#include "restante/messages/json/answer_members.hpp"
#include "restante/messages/json/decoded_fields.hpp"
#include "restante/messages/json/frame_members.hpp"
#include "restante/messages/json/notification_members.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace restante::json {

namespace {

decoded_frame read_reply(const decoded_fields& from) {
  decoded_reply reply;
  if (from.all().has("id"))
    reply.id = from.count<operation_number>("id");
  if (!from.flag("ok"))
    reply.why = from.error();
  return reply;
}

decoded_frame read_deliver(const decoded_fields& from) {
  delivery got;
  read_told(from, delivery_members(), got.notification);
  return got;
}

decoded_frame read_receipt(const decoded_fields& from) {
  notification_step step;
  read_told(from, step_members(), step);
  return step;
}

decoded_frame read_event(const decoded_fields& from, topic_event event) {
  event.client = from.text("client_id");
  event.seq = from.count<std::uint64_t>("seq");
  return topic_events{
      {{{}, from.text("topic")}, from.count<epoch_number>("epoch"), {std::move(event)}}};
}

decoded_frame read_set(const decoded_fields& from) {
  return read_event(from, {event_kind::set, 0, from.text("key"), {}, from.payload("payload"), {}});
}

clear_reason reason_in(const decoded_fields& from) {
  using enum clear_reason;
  const auto name = from.text("reason");
  for (const auto reason : {explicit_clear, disconnect, expired}) {
    if (to_string(reason) == name)
      return reason;
  }
  throw bad_field{{errc::bad_frame, "reason is none"}};
}

decoded_frame read_clear(const decoded_fields& from) {
  return read_event(from, {event_kind::clear, 0, from.text("key"), {}, {}, reason_in(from)});
}

decoded_frame read_message(const decoded_fields& from) {
  return read_event(from, {event_kind::message, 0, {}, {}, from.value("data"), {}});
}

decoded_frame read_snapshot(const decoded_fields& from) {
  entries_view view;
  view.reason = view_reason::resync;
  read_told(from, answer_members<entries_view>(), view);
  view.topic = from.text("topic");
  return view;
}

decoded_frame read_lost(const decoded_fields& from) {
  entry_ended end;
  end.how = entry_end::taken_over;
  read_told(from, loss_members(), end);
  return end;
}

decoded_frame read_presence(const decoded_fields& from) {
  client_presence change;
  read_told(from, presence_members(), change);
  return change;
}

decoded_frame read_goodbye(const decoded_fields& from) {
  decoded_goodbye bye{close_code{from.count<std::uint16_t>("code")}, from.text("reason"),
                      errc::none};
  if (from.all().has("error"))
    bye.error = from.error().code;
  return bye;
}

struct frame_kind {
  std::string_view type;
  decoded_frame (*read)(const decoded_fields&);
};

/// The most frequent kinds come first.
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

decoded_frame read(members& fields) {
  const decoded_fields from{fields};
  const auto type = from.text("_orama");
  const auto same = [&type](const frame_kind& kind) { return kind.type == type; };
  const auto* found = std::ranges::find_if(kinds, same);
  if (found == kinds.end())
    return unknown_frame{};
  auto what = found->read(from);
  if (auto* reply = std::get_if<decoded_reply>(&what))
    reply->fields = std::move(fields);
  return what;
}

} // namespace

outcome<decoded_frame> decode_frame(std::string_view frame) {
  return decoded_or_failure<decoded_frame>([frame] {
    auto fields = members_inside(frame);
    return read(fields);
  });
}

} // namespace restante::json
