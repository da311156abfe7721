#include "restante/messages/json/frames.hpp"

#include "restante/messages/json/answer_members.hpp"
#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/frame_members.hpp"
#include "restante/messages/json/notification_members.hpp"
#include "restante/messages/json/writer.hpp"

namespace restante::json {

namespace {

std::string_view type_of(event_kind kind) {
  switch (kind) {
  case event_kind::set:
    return "ephemeral.set";
  case event_kind::clear:
    return "ephemeral.clear";
  case event_kind::message:
    return "topic.message";
  }
  return "topic.message";
}

std::string event_frame(const topic_event& event, const event_batch& batch) {
  auto frame = writer::frame(type_of(event.kind));
  frame.text("topic", batch.at.topic);
  if (event.kind != event_kind::message)
    frame.text("key", event.key);
  frame.text("client_id", event.client);
  switch (event.kind) {
  case event_kind::set:
    frame.payload("payload", event.payload);
    break;
  case event_kind::clear:
    frame.text("reason", to_string(event.reason));
    break;
  case event_kind::message:
    frame.value("data", event.payload);
    break;
  }
  return std::move(frame.number("seq", event.seq).number("epoch", batch.epoch)).object();
}

} // namespace

std::vector<std::string> frames_of(const event_batch& batch) {
  std::vector<std::string> frames;
  frames.reserve(batch.events.size());
  for (const auto& event : batch.events)
    frames.push_back(event_frame(event, batch));
  return frames;
}

std::string frame_of(const offered_notification& offer, instant zero) {
  auto frame = writer::frame("notify.deliver");
  write_told(frame, delivery_members(), offer, zero);
  return std::move(frame).object();
}

std::string frame_of(const notification_step& step, instant zero) {
  auto frame = writer::frame("notify.receipt");
  write_told(frame, step_members(), step, zero);
  return std::move(frame).object();
}

std::string frame_of(const entries_view& view) {
  auto frame = writer::frame("ephemeral.snapshot");
  frame.text("topic", view.topic);
  write_told(frame, answer_members<entries_view>(), view, {});
  return std::move(frame).object();
}

std::string frame_of(const entry_ended& end) {
  auto frame = writer::frame("ephemeral.lost");
  write_told(frame, loss_members(), end, {});
  return std::move(frame).object();
}

std::string frame_of(const client_presence& change) {
  auto frame = writer::frame("client.presence");
  write_told(frame, presence_members(), change, {});
  return std::move(frame).object();
}

namespace {

/// Writes the frames of each kind of push.
struct frame_giver {
  instant zero;
  const std::function<void(const std::string&)>& write;

  void operator()(const delivery& it) const { write(frame_of(it.notification, zero)); }
  void operator()(const notification_step& it) const { write(frame_of(it, zero)); }
  void operator()(const topic_events& it) const {
    for (const auto& frame : it.frames(frames_of))
      write(frame);
  }
  template <class Push>
  void operator()(const Push& it) const {
    write(frame_of(it));
  }
};

} // namespace

void for_each_frame(const push& what, instant zero,
                    const std::function<void(const std::string&)>& write) {
  std::visit(frame_giver{zero, write}, what);
}

namespace {

writer begin_goodbye(close_code code, std::string_view reason) {
  auto frame = writer::frame("goodbye");
  frame.number("code", number_of(code))
      .text("reason", reason)
      .flag("reconnect", should_reconnect(code));
  return frame;
}

} // namespace

std::string goodbye_frame(close_code code, std::string_view reason) {
  return begin_goodbye(code, reason).object();
}

std::string frame_of(const goodbye& why) {
  auto frame = begin_goodbye(close_code_of(why), to_string(why.reason));
  if (why.code != errc::none)
    frame.raw("error", error_of({why.code, {}}));
  return std::move(frame).object();
}

} // namespace restante::json
