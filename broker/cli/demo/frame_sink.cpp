#include "restante/broker/cli/demo/frame_sink.hpp"

#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/frames.hpp"

#include <utility>

namespace restante::demo {

namespace {

class frame_sink : public sink {
public:
  frame_sink(frame_writer out, instant zero, std::shared_ptr<bool> open)
      : out_{std::move(out)}, zero_{zero}, open_{std::move(open)} {}

  void attached(const connect_receipt&) override {}

  flow take(const push& what) override {
    std::visit([this](const auto& it) { write(it); }, what);
    return flow::taken;
  }

  void ended(const goodbye& why) override {
    const bool was_open = std::exchange(*open_, false);
    const bool by_another =
        why.reason != end_reason::left && why.reason != end_reason::lost && why.code == errc::none;
    if (was_open && by_another)
      out_(json::frame_of(why));
  }

private:
  void write(const delivery& it) { out_(json::frame_of(it.notification, zero_)); }
  void write(const notification_step& it) { out_(json::frame_of(it, zero_)); }
  void write(const topic_events& it) {
    for (const auto& frame : it.frames(json::frames_of))
      out_(frame);
  }
  template <class Push>
  void write(const Push& it) {
    out_(json::frame_of(it));
  }

  frame_writer out_;
  instant zero_;
  std::shared_ptr<bool> open_;
};

struct outcome_writer {
  instant zero;

  std::string operator()(const failure& why) const { return json::refusal(why); }

  template <class Answer>
  std::string operator()(const Answer& it) const {
    return json::success(json::fields_of(it, zero));
  }
};

} // namespace

std::unique_ptr<sink> make_frame_sink(frame_writer out, instant zero, std::shared_ptr<bool> open) {
  return std::make_unique<frame_sink>(std::move(out), zero, std::move(open));
}

std::string text_of(const answer_value& value, instant zero) {
  return std::visit(outcome_writer{zero}, value);
}

} // namespace restante::demo
