// What is on its way from a connection to its socket.

#include "restante/broker/gateway/outbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::gateway {
namespace {

using ::testing::ElementsAre;

class counting_guest final : public io_guest {
public:
  void wake() override { ++woken; }
  void check(steady_time) override {}
  void leave() override {}
  void drop() override {}

  int woken = 0;
};

class Outbox : public ::testing::Test {
protected:
  /// Runs what was announced, in this thread.
  void run() {
    home->context().restart();
    home->context().poll();
  }

  std::vector<std::string> texts() {
    box->take(taken);
    std::vector<std::string> found;
    for (const auto& one : taken.items)
      found.push_back(std::get<std::string>(one.what));
    return found;
  }

  flow push(std::size_t bytes, bool must_confirm = false) {
    return box->push(std::string(bytes, 'x'), bytes, must_confirm);
  }

  std::shared_ptr<io_thread> home = std::make_shared<io_thread>(std::chrono::milliseconds{100});
  std::shared_ptr<counting_guest> guest = std::make_shared<counting_guest>();
  std::shared_ptr<outbox> box = std::make_shared<outbox>(home);
  outbox::taken taken;
};

TEST_F(Outbox, W3_answers_and_pushes_leave_in_the_order_they_came) {
  box->belong_to(guest);
  box->answer("1", {});
  box->push(std::string{"2"}, 1, false);
  box->answer("3", {});
  box->answer("", {}); // a success that nobody wants to hear of
  EXPECT_THAT(texts(), ElementsAre("1", "2", "3"));
  EXPECT_THAT(texts(), ElementsAre());
}

TEST_F(Outbox, W3_however_much_is_announced_its_owner_is_woken_once) {
  box->belong_to(guest);
  for (int i = 0; i < 10; ++i)
    box->answer("x", {});
  run();
  EXPECT_EQ(guest->woken, 1);
  box->answer("x", {}); // not taken yet: it will see this too
  run();
  EXPECT_EQ(guest->woken, 1);
  texts();
  box->end({end_reason::left, errc::none});
  run();
  EXPECT_EQ(guest->woken, 2);
}

TEST_F(Outbox, S8_credit_comes_back_with_the_answers_and_once) {
  box->belong_to(guest);
  box->answer("a", {1, 100});
  box->answer("", {2, 50}); // without a frame too
  texts();
  EXPECT_EQ(taken.back.operations, 3u);
  EXPECT_EQ(taken.back.bytes, 150u);
  texts();
  EXPECT_EQ(taken.back.operations, 0u);
  EXPECT_EQ(taken.back.bytes, 0u);
}

TEST_F(Outbox, E14_S8_beyond_64_kibibytes_a_push_waits_for_the_kernel) {
  box->belong_to(guest);
  EXPECT_EQ(push(64 * 1024), flow::taken); // nothing was waiting
  EXPECT_EQ(push(1), flow::taken);         // 64 KiB were, no more
  EXPECT_EQ(push(1), flow::waiting);
  box->take(taken);
  ASSERT_EQ(taken.items.size(), 3u);
  EXPECT_FALSE(taken.items[1].is_confirmed_later);
  EXPECT_TRUE(taken.items[2].is_confirmed_later);
  EXPECT_EQ(push(1), flow::waiting); // taken is not written
  EXPECT_EQ(box->unwritten(), 64u * 1024 + 3);
  box->written(3);
  EXPECT_EQ(push(1), flow::taken);
}

TEST_F(Outbox, N11_a_push_that_must_be_confirmed_waits_however_little_there_is) {
  box->belong_to(guest);
  EXPECT_EQ(push(1, true), flow::waiting);
  box->take(taken);
  EXPECT_TRUE(taken.items.front().is_confirmed_later);
}

TEST_F(Outbox, N11_without_a_reader_nothing_is_kept_and_nothing_counts_as_taken) {
  box->belong_to(guest);
  push(10);
  box->belong_to(nullptr);
  EXPECT_EQ(box->unwritten(), 0u);
  EXPECT_EQ(push(10), flow::waiting);
  box->answer("late", {1, 1});
  EXPECT_EQ(box->unwritten(), 0u);
  EXPECT_THAT(texts(), ElementsAre());
  EXPECT_EQ(guest.use_count(), 2); // ours, and one announcement that is still on its way
  run();
  EXPECT_EQ(guest.use_count(), 1);
}

TEST_F(Outbox, W6_the_end_is_told_with_what_came_before_it) {
  box->belong_to(guest);
  box->answer("last words", {});
  box->end({end_reason::taken_over, errc::none});
  EXPECT_THAT(texts(), ElementsAre("last words"));
  ASSERT_TRUE(taken.end);
  EXPECT_EQ(taken.end->reason, end_reason::taken_over);
}

} // namespace
} // namespace restante::gateway
