#include "restante/messages/ephemeral.hpp"

namespace restante {

std::string_view to_string(clear_reason reason) {
  switch (reason) {
  case clear_reason::explicit_clear:
    return "explicit";
  case clear_reason::disconnect:
    return "disconnect";
  case clear_reason::expired:
    return "expired";
  }
  return "explicit";
}

topic_events::topic_events(event_batch batch) {
  auto made = std::make_shared<content>();
  made->batch = std::move(batch);
  content_ = std::move(made);
}

const event_batch& topic_events::batch() const {
  static const event_batch nothing;
  return content_ ? content_->batch : nothing;
}

const std::vector<std::string>& topic_events::frames(encoder encode) const {
  static const std::vector<std::string> nothing;
  if (!content_)
    return nothing;
  std::call_once(content_->encoded, [&] { content_->frames = encode(content_->batch); });
  return content_->frames;
}

} // namespace restante
