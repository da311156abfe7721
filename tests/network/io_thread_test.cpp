// What comes for an I/O thread while it ends, or behind its end, keeps nobody alive (spec C3).

#include "restante/broker/sockets/io_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

/// A session as far as its thread sees it: it holds the thread, as all do.
class guest final : public sockets::io_guest {
public:
  explicit guest(std::shared_ptr<sockets::io_thread> home) : home_{std::move(home)} {}

  void check(sockets::steady_time) override {}
  void leave() override { drop(); }
  void drop() override { home_->exit(*this); }

private:
  std::shared_ptr<sockets::io_thread> home_;
};

TEST(IoThread, C3_what_comes_behind_its_end_goes_unrun_and_is_let_go) {
  auto home = std::make_shared<sockets::io_thread>(1s);
  home->start();
  home->stop();
  auto late = std::make_shared<guest>(home);
  bool did_run = false;
  EXPECT_FALSE(home->run([late, &did_run] { did_run = true; }));
  home->announce(late);
  const std::weak_ptr<guest> seen = late;
  late.reset();
  EXPECT_TRUE(seen.expired());
  EXPECT_FALSE(did_run);
}

TEST(IoThread, C3_what_comes_while_it_ends_keeps_nobody) {
  for (int round = 0; round < 50; ++round) {
    auto home = std::make_shared<sockets::io_thread>(1s);
    home->start();
    auto one = std::make_shared<guest>(home);
    std::atomic<bool> is_busy{false};
    std::atomic<bool> is_done{false};
    std::thread other{[&] {
      while (!is_done.load()) {
        home->run([one] {});
        home->announce(one);
        is_busy.store(true);
      }
    }};
    while (!is_busy.load())
      std::this_thread::yield();
    home->run([home = home.get(), one] { home->enter(one); });
    home->stop();
    is_done.store(true);
    other.join();
    const std::weak_ptr<guest> seen = one;
    one.reset();
    EXPECT_TRUE(seen.expired());
  }
}

} // namespace
} // namespace restante::testing
