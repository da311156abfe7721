#include "restante/actors/protocol/sink.hpp"

namespace restante {

namespace {

/// About how many bytes a frame has beside its payload.
constexpr std::size_t frame_bytes = 160;

std::size_t size(const delivery& what) {
  return frame_bytes + what.notification.pack.size() + what.notification.from.size();
}

std::size_t size(const topic_events& what) {
  std::size_t bytes = 0;
  for (const auto& event : what.batch().events) {
    bytes += frame_bytes + event.key.size() + event.client.size() + event.payload.size() * 4 / 3;
  }
  return bytes;
}

std::size_t size(const entries_view& what) {
  std::size_t bytes = frame_bytes;
  for (const auto& entry : what.entries) {
    bytes += frame_bytes + entry.key.size() + entry.client.size() + entry.payload.size() * 4 / 3;
  }
  return bytes;
}

std::size_t size(const entry_ended& what) {
  return frame_bytes + what.key.size();
}
std::size_t size(const client_presence& what) {
  return frame_bytes + what.client.size();
}
std::size_t size(const notification_step& what) {
  return frame_bytes + what.to.size();
}

} // namespace

std::size_t size_of(const push& what) {
  return std::visit([](const auto& it) { return size(it); }, what);
}

} // namespace restante
