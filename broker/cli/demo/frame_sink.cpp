#include "restante/broker/cli/demo/frame_sink.hpp"

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
    json::for_each_frame(what, zero_, out_);
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
  frame_writer out_;
  instant zero_;
  std::shared_ptr<bool> open_;
};

} // namespace

std::unique_ptr<sink> make_frame_sink(frame_writer out, instant zero, std::shared_ptr<bool> open) {
  return std::make_unique<frame_sink>(std::move(out), zero, std::move(open));
}

} // namespace restante::demo
