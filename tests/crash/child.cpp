#include "restante/tests/crash/child.hpp"

#include "restante/broker/api/broker.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace restante::testing::crash {

namespace {

using namespace std::chrono_literals;

/// One write call: a text that is short enough is in the pipe completely or not at all.
void say(std::string line) {
  line += '\n';
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0)
    std::_Exit(3);
}

std::string name_of(int target) {
  return "target " + std::to_string(target);
}

struct handed {
  trace_id trace;
  std::string number;
};

/// A client that acknowledges most of its deliveries, in its own thread.
class receiver {
public:
  receiver(broker& at, int target, std::uint64_t seed) : random_{seed} {
    handlers how;
    how.on_notification = [this](const offered_notification& m) {
      const std::string number{m.pack.view()};
      say("d " + number + " " + std::to_string(m.attempts));
      const std::lock_guard lock{mutex_};
      handed_.push_back({m.trace, number});
      more_.notify_one();
    };
    link_.emplace(at.connect({.client = name_of(target), .acks = ack_mode::explicit_by_peer}, how));
    thread_ = std::thread{[this] { acknowledge(); }};
  }

private:
  void acknowledge() {
    while (true) {
      handed next;
      {
        std::unique_lock lock{mutex_};
        more_.wait(lock, [this] { return !handed_.empty(); });
        next = std::move(handed_.front());
        handed_.pop_front();
      }
      if (random_() % 8 == 0)
        continue;
      say("k " + next.number);
      link_->ack(next.trace).then([number = next.number](const auto& outcome) {
        say(outcome ? "K " + number : "x ack " + std::string{to_string(outcome.code())});
      });
    }
  }

  std::mt19937_64 random_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<handed> handed_;
  std::optional<connection> link_;
  std::thread thread_;
};

void send(broker& at, int sender, std::uint64_t seed, std::atomic<std::uint64_t>& numbers) {
  std::mt19937_64 random{seed};
  auto server = at.open_server();
  while (true) {
    const auto number = std::to_string(numbers.fetch_add(1));
    const auto target = static_cast<int>(random() % targets);
    put_request what{.to = name_of(target), .pack = body::bytes(number)};
    if (random() % 3 == 0)
      what.kind = notification_kind::suit;
    what.from = "sender " + std::to_string(sender);
    const bool is_suit = what.kind == notification_kind::suit;
    say("p " + std::to_string(target) + " " + std::to_string(sender) + " " + number);
    const auto put = server.put(std::move(what)).get();
    if (!put) {
      say("x put " + std::string{to_string(put.code())});
      continue;
    }
    say("P " + number);
    if (!is_suit)
      continue;
    const auto value = std::to_string(random() % 1000);
    say("r " + number + " " + value);
    const auto replied = server.reply(put->trace, body::bytes(value)).get();
    say(replied ? "R " + number + " " + value
                : "x reply " + std::string{to_string(replied.code())});
  }
}

} // namespace

void run(const std::string& directory, std::uint64_t seed, std::uint64_t first_number) {
  options how;
  how.data_directory = directory;
  how.slots = 4;
  how.threads = 2;
  how.limits.queue_length = 100'000;
  how.limits.delivered_length = 64; // a forgotten notification is removed from the disk, too
  broker at{how};
  say("U");
  std::mt19937_64 random{seed};
  std::atomic<std::uint64_t> numbers{first_number};
  std::vector<std::unique_ptr<receiver>> receivers;
  for (int target = 0; target < connected_targets; ++target)
    receivers.push_back(std::make_unique<receiver>(at, target, random()));
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender)
    threads.emplace_back([&, sender, own = random()] { send(at, sender, own, numbers); });
  for (auto& thread : threads)
    thread.join();
  std::abort(); // the threads never end
}

} // namespace restante::testing::crash
