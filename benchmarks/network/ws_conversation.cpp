#include "restante/benchmarks/network/ws_conversation.hpp"

#include <array>
#include <charconv>
#include <random>
#include <stdexcept>

namespace restante::benchmarks::network {

namespace {

constexpr std::string_view path = "/v1/ws";
constexpr std::uint64_t connect_id = 1;
constexpr std::uint64_t subscribe_id = 2;
constexpr std::uint64_t first_id = 1000; ///< of what a scenario asks for
constexpr std::string_view frame_start = "{\"_orama\":\"";

/// A number as text, without an allocation.
class digits {
public:
  explicit digits(std::uint64_t number)
      : end_(std::to_chars(text_.data(), text_.data() + text_.size(), number).ptr) {}

  operator std::string_view() const { return {text_.data(), end_}; }

private:
  std::array<char, 20> text_;
  char* end_;
};

std::string short_of(std::string_view frame) {
  return std::string{frame.substr(0, 300)};
}

} // namespace

std::string_view string_member(std::string_view frame, std::string_view name) {
  const auto at = frame.find(name);
  const auto start = at + name.size();
  const auto end = at == std::string_view::npos ? at : frame.find('"', start);
  if (end == std::string_view::npos)
    throw std::runtime_error("a frame without " + std::string{name} + ": " + short_of(frame));
  return frame.substr(start, end - start);
}

ws_conversation::ws_conversation(engine& loop, observer& ears, role plays, endpoint with)
    : conversation(loop, ears, std::move(plays)), host_(with.host()), mask_(std::random_device{}()),
      last_id_(first_id) {}

std::uint64_t ws_conversation::put(std::string_view client, std::string_view payload) {
  say({R"({"op":"notify.put","id":)", digits{++last_id_}, R"(,"to":")", client, R"(","pack":")",
       payload, "\"}"});
  return last_id_;
}

void ws_conversation::publish(std::string_view topic, std::string_view payload) {
  say({R"({"op":"topic.publish","topic":")", topic, R"(","data":")", payload, "\"}"});
}

std::uint64_t ws_conversation::set_key(std::string_view topic, std::string_view key) {
  say({R"({"op":"ephemeral.set","id":)", digits{++last_id_}, R"(,"topic":")", topic, R"(","key":")",
       key, R"(","payload":"dHlwaW5nLi4u","ttl_ms":1800000})"});
  return last_id_;
}

void ws_conversation::say(std::initializer_list<std::string_view> pieces) {
  // A new mask for each frame, as the standard requires. It need not be unpredictable here.
  mask_ = mask_ * 1664525 + 1013904223;
  append_ws_frame(out(), ws_opcode::text, mask_, pieces);
}

void ws_conversation::on_open() {
  append_ws_upgrade(out(), host_, path);
}

std::size_t ws_conversation::on_bytes(std::string_view bytes) {
  auto rest = bytes;
  if (phase_ == phase::upgrading) {
    const auto head = ws_upgrade_answer(rest);
    if (!head)
      return 0;
    rest.remove_prefix(*head);
    phase_ = phase::talking;
    say({R"({"op":"connect","id":)", digits{connect_id}, R"(,"client":")", plays().client,
         R"(","ack":"explicit"})"});
  }
  while (const auto message = reader_.next(rest))
    on_message(*message);
  return bytes.size() - rest.size();
}

void ws_conversation::on_message(const ws_message& message) {
  switch (message.opcode) {
  case ws_opcode::ping:
    count_ping();
    append_ws_frame(out(), ws_opcode::pong, ++mask_, {message.payload});
    return;
  case ws_opcode::close:
    throw std::runtime_error("closed by the broker: " + std::string{message.payload.substr(
                                                            message.payload.size() < 2 ? 0 : 2)});
  case ws_opcode::text:
    return on_frame(message.payload);
  default:
    return;
  }
}

void ws_conversation::on_frame(std::string_view frame) {
  if (!frame.starts_with(frame_start))
    throw std::runtime_error("a frame that does not start with _orama: " + short_of(frame));
  const auto kind = frame.substr(frame_start.size());
  if (kind.starts_with("reply\""))
    return on_reply(frame);
  if (kind.starts_with("notify.deliver\""))
    return on_deliver(frame);
  if (kind.starts_with("topic.message\""))
    return ears().on_delivery(*this, string_member(frame, R"("data":")"));
  if (kind.starts_with("goodbye\""))
    throw std::runtime_error(short_of(frame));
  ears().on_push(*this, frame);
}

void ws_conversation::on_reply(std::string_view frame) {
  constexpr std::string_view member = "\"id\":";
  const auto at = frame.find(member);
  std::uint64_t id = 0;
  if (at != std::string_view::npos)
    std::from_chars(frame.data() + at + member.size(), frame.data() + frame.size(), id);
  if (frame.find("\"ok\":true") == std::string_view::npos)
    throw std::runtime_error("refused: " + short_of(frame));
  if (id >= first_id)
    return ears().on_answer(*this, id);
  if (id == connect_id && !plays().topic.empty())
    return say({R"({"op":"topic.subscribe","id":)", digits{subscribe_id}, R"(,"topic":")",
                plays().topic, "\"}"});
  if (id == connect_id || id == subscribe_id)
    ears().on_ready(*this);
}

void ws_conversation::on_deliver(std::string_view frame) {
  const auto trace = string_member(frame, R"("trace":")");
  if (plays().has_inbox)
    say({R"({"op":"notify.ack","trace":")", trace, "\"}"});
  ears().on_delivery(*this, string_member(frame, R"("pack":")"));
}

} // namespace restante::benchmarks::network
