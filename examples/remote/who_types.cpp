// Shows who is typing: in a terminal as one line that changes, in a pipe as one line for each
// change.
//
//   who_types [URL] [TOPIC] [SECONDS]

#include "restante/clients/cpp/remote.hpp"

#include <chrono>
#include <future>
#include <iostream>
#include <mutex>
#include <set>
#include <string>
#include <unistd.h>

using namespace restante;

namespace {

/// The clients whose `typing:…` keys are live.
class picture {
public:
  void start_with(const entries_view& state) {
    const std::lock_guard lock{mutex_};
    typing_.clear();
    for (const auto& entry : state.entries)
      change(entry.key, entry.client, event_kind::set);
    draw();
  }

  void apply(const topic_event& event) {
    const std::lock_guard lock{mutex_};
    if (change(event.key, event.client, event.kind))
      draw();
  }

private:
  bool change(const std::string& key, const std::string& client, event_kind kind) {
    if (!key.starts_with("typing:"))
      return false;
    return kind == event_kind::set ? typing_.insert(client).second : typing_.erase(client) > 0;
  }

  void draw() const {
    std::string line;
    for (const auto& client : typing_)
      line += (line.empty() ? "" : ", ") + client;
    line += line.empty() ? "nobody types" : typing_.size() == 1 ? " is typing…" : " are typing…";
    if (isatty(STDOUT_FILENO) != 0)
      std::cout << "\r\033[K" << line << std::flush;
    else
      std::cout << line << std::endl;
  }

  std::mutex mutex_;
  std::set<std::string> typing_;
};

} // namespace

int main(int argc, char** argv) {
  const std::string url = argc > 1 ? argv[1] : "ws://127.0.0.1:7467";
  const std::string topic = argc > 2 ? argv[2] : "room";
  const auto seconds = std::chrono::seconds{argc > 3 ? std::stoll(argv[3]) : 3600};

  picture drawn;
  remote elsewhere{{.url = url}};
  auto eye =
      elsewhere.connect({.client = "eye-" + std::to_string(getpid())},
                        {.on_event = [&](const auto&, const auto& event) { drawn.apply(event); },
                         // After a lost broker has been found again, the state is a new one.
                         .on_snapshot = [&](const auto& state) { drawn.start_with(state); }});
  if (const auto how = eye.connected().get(); !how) {
    std::cerr << how.error().text() << '\n';
    return 1;
  }
  // With a completion instead of a future: the completion is called before the events that follow.
  eye.submit(subscribe_topic{0, {"", topic}, view_reason::subscribe}, [&](answer_value&& said) {
    if (const auto* state = std::get_if<entries_view>(&said))
      drawn.start_with(*state);
  });
  std::promise<void> never;
  never.get_future().wait_for(seconds);
}
