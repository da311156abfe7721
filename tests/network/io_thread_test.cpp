// Work that is posted to an I/O thread during or after its end keeps no object alive (spec C3).

#include "restante/broker/sockets/io_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

/// A session as its thread sees it. Like every session, it holds a pointer to the thread.
class handler final : public sockets::io_handler {
public:
  explicit handler(std::shared_ptr<sockets::io_thread> thread) : io_thread_{std::move(thread)} {}

  void check(sockets::steady_time) override {}
  void leave() override { drop(); }
  void drop() override { io_thread_->exit(*this); }

private:
  std::shared_ptr<sockets::io_thread> io_thread_;
};

TEST(IoThread, C3_what_comes_behind_its_end_goes_unrun_and_is_let_go) {
  auto thread = std::make_shared<sockets::io_thread>(1s);
  thread->start();
  thread->stop();
  auto late = std::make_shared<handler>(thread);
  bool did_run = false;
  EXPECT_FALSE(thread->run([late, &did_run] { did_run = true; }));
  thread->announce(late);
  const std::weak_ptr<handler> seen = late;
  late.reset();
  EXPECT_TRUE(seen.expired());
  EXPECT_FALSE(did_run);
}

TEST(IoThread, C3_what_comes_while_it_ends_keeps_nobody) {
  for (int round = 0; round < 50; ++round) {
    auto thread = std::make_shared<sockets::io_thread>(1s);
    thread->start();
    auto one = std::make_shared<handler>(thread);
    std::atomic<bool> is_busy{false};
    std::atomic<bool> is_done{false};
    std::thread other{[&] {
      while (!is_done.load()) {
        thread->run([one] {});
        thread->announce(one);
        is_busy.store(true);
      }
    }};
    while (!is_busy.load())
      std::this_thread::yield();
    thread->run([thread = thread.get(), one] { thread->enter(one); });
    thread->stop();
    is_done.store(true);
    other.join();
    const std::weak_ptr<handler> seen = one;
    one.reset();
    EXPECT_TRUE(seen.expired());
  }
}

} // namespace
} // namespace restante::testing
