#include "restante/broker/gateway/ws_sink.hpp"

#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/frames.hpp"
#include "restante/messages/json/writer.hpp"

#include <utility>

namespace restante::gateway {

namespace {

/// On the wire, times are Unix times.
constexpr instant unix_epoch{};

class ws_sink : public sink {
public:
  ws_sink(std::shared_ptr<outbox> outbox, ws_sink_setup how)
      : outbox_{std::move(outbox)}, how_{std::move(how)} {}

  void opened(const std::weak_ptr<connection_endpoint>& at) override { outbox_->confirm_at = at; }
  bool counts_its_queue() const override { return true; }

  void attached(const connect_receipt& receipt) override {
    is_attached_ = true;
    auto fields = json::fields_of(receipt, how_.ping);
    if (how_.token_expires)
      fields += R"(,"expires_in_ms":)" + std::to_string(json::whole_ms(*how_.token_expires));
    outbox_->answer(reply_frame(how_.connect, json::success(fields)), {});
  }

  flow take(const push& what) override {
    return std::visit([this](const auto& it) { return write(it); }, what);
  }

  void ended(const goodbye& why) override {
    if (!is_attached_ && why.code != errc::none)
      outbox_->answer(reply_frame(how_.connect, json::refusal({why.code, {}})), {});
    outbox_->end(why);
  }

private:
  flow write(const delivery& it) {
    // With automatic acks, a delivery is acknowledged only when the kernel has taken it.
    const bool must_confirm = how_.acks == ack_mode::automatic;
    if (outbox_->unsent() > model::output_free_bytes)
      return outbox_->push(it, size_of(push{it}), must_confirm);
    return write(json::frame_of(it.notification, unix_epoch), must_confirm);
  }
  flow write(const notification_step& it) { return write(json::frame_of(it, unix_epoch), false); }
  flow write(const topic_events& it) {
    std::size_t bytes = 0;
    for (const auto& frame : it.frames(json::frames_of))
      bytes += frame.size();
    return outbox_->push(it, bytes, false);
  }
  template <class Push>
  flow write(const Push& it) {
    return write(json::frame_of(it), false);
  }
  flow write(std::string frame, bool must_confirm) {
    const auto bytes = frame.size();
    return outbox_->push(std::move(frame), bytes, must_confirm);
  }

  std::shared_ptr<outbox> outbox_;
  ws_sink_setup how_;
  bool is_attached_ = false;
};

} // namespace

std::string frame_of_waiting(const delivery& it) {
  return json::frame_of(it.notification, unix_epoch);
}

std::unique_ptr<sink> make_ws_sink(std::shared_ptr<outbox> outbox, ws_sink_setup how) {
  return std::make_unique<ws_sink>(std::move(outbox), std::move(how));
}

std::string reply_frame(const reply_to& to, std::string_view rest) {
  constexpr std::string_view head = R"({"_orama":"reply",)";
  if (to.id.empty() && rest.starts_with(R"("ok":true)"))
    return {};
  std::string frame;
  frame.reserve(head.size() + to.id.size() + rest.size() + to.ignored.size() + 64);
  frame += head;
  if (!to.id.empty())
    frame.append(R"("id":)").append(to.id).append(1, ',');
  frame += rest;
  if (to.acked)
    frame.append(R"(,"trace":")").append(to_string(to.acked)).append(1, '"');
  if (!to.ignored.empty())
    frame.append(1, ',').append(to.ignored);
  frame += '}';
  return frame;
}

std::string rest_of(const answer_value& value) {
  return json::reply_of(value, unix_epoch);
}

std::string rest_for_visit(const answer_value& value) {
  const auto* seen = std::get_if<pending_view>(&value);
  if (seen == nullptr)
    return rest_of(value);
  return json::success(json::fields_of(*seen, unix_epoch) + (seen->state == presence::connected
                                                                 ? R"(,"connected":true)"
                                                                 : R"(,"connected":false)"));
}

} // namespace restante::gateway
