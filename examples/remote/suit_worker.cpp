// A worker that answers suits: each suit asks for a text in capitals. Suits wait while the worker
// is away. If the worker is killed while it handles a suit, that suit is delivered again.
//
//   suit_worker [URL] [COUNT]

#include "restante/clients/cpp/remote.hpp"

#include <cctype>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>

using namespace restante;

namespace {

/// Passes suits from the handlers, which may not wait, to the thread that does the work.
class desk {
public:
  void put(offered_notification suit) {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(std::move(suit));
    changed_.notify_one();
  }

  void close() {
    const std::lock_guard lock{mutex_};
    is_closed_ = true;
    changed_.notify_one();
  }

  std::optional<offered_notification> take() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return is_closed_ || !waiting_.empty(); });
    if (waiting_.empty())
      return std::nullopt;
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    return next;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<offered_notification> waiting_;
  bool is_closed_ = false;
};

/// A pack that came over the wire is JSON text; a pack from a C++ program may be any bytes.
body in_capitals(const body& pack) {
  std::string text{pack.view()};
  for (char& c : text)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return pack.kind() == content::json ? body::json(text) : body::bytes(text);
}

} // namespace

int main(int argc, char** argv) {
  const std::string url = argc > 1 ? argv[1] : "ws://127.0.0.1:7467";
  std::size_t left = argc > 2 ? std::stoul(argv[2]) : 1'000'000;

  desk todo;
  remote elsewhere{{.url = url}};
  auto worker = elsewhere.connect(
      {.client = "worker", .acks = ack_mode::explicit_by_peer},
      {.on_notification = [&](const auto& it) { todo.put(it); },
       .on_interrupted = [](const auto&) { std::cerr << "lost the broker, looking for it\n"; },
       .on_end = [&](const auto&) { todo.close(); }});
  if (const auto how = worker.connected().get(); !how) {
    std::cerr << how.error().text() << '\n';
    return 1;
  }
  for (; left > 0; --left) {
    const auto suit = todo.take();
    if (!suit)
      return 1; // another worker has taken over
    if (suit->kind == notification_kind::suit)
      worker.reply(suit->trace, in_capitals(suit->pack)).get();
    worker.ack(suit->trace).get(); // only now: until then it would come again
    std::cout << "answered " << to_string(suit->trace) << std::endl;
  }
}
