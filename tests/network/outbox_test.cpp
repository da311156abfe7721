// Output on its way from a connection to its socket.

#include "restante/actors/model/output_budget.hpp"
#include "restante/broker/gateway/outbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::gateway {
namespace {

using ::testing::ElementsAre;

class counting_handler final : public io_handler {
public:
  void wake() override { ++woken; }
  void check(steady_time) override {}
  void leave() override {}
  void drop() override {}

  int woken = 0;
};

class Outbox : public ::testing::Test {
protected:
  /// Runs the announced work in this thread.
  void run() {
    thread->context().restart();
    thread->context().poll();
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

  std::shared_ptr<io_thread> thread = std::make_shared<io_thread>(std::chrono::milliseconds{100});
  std::shared_ptr<model::output_budget> budget =
      std::make_shared<model::output_budget>(std::uint64_t{8} << 20);
  std::shared_ptr<counting_handler> handler = std::make_shared<counting_handler>();
  std::shared_ptr<outbox> box = std::make_shared<outbox>(thread, budget);
  outbox::taken taken;
};

TEST_F(Outbox, W3_answers_and_pushes_leave_in_the_order_they_came) {
  box->belong_to(handler);
  box->answer("1", {});
  box->push(std::string{"2"}, 1, false);
  box->answer("3", {});
  box->answer("", {}); // a success that the client did not ask to be told of
  EXPECT_THAT(texts(), ElementsAre("1", "2", "3"));
  EXPECT_THAT(texts(), ElementsAre());
}

TEST_F(Outbox, W3_however_much_is_announced_its_owner_is_woken_once) {
  box->belong_to(handler);
  for (int i = 0; i < 10; ++i)
    box->answer("x", {});
  run();
  EXPECT_EQ(handler->woken, 1);
  box->answer("x", {}); // not taken yet: the reader will see this too
  run();
  EXPECT_EQ(handler->woken, 1);
  texts();
  box->end({end_reason::left, errc::none});
  run();
  EXPECT_EQ(handler->woken, 2);
}

TEST_F(Outbox, S8_credit_comes_back_with_the_answers_and_once) {
  box->belong_to(handler);
  box->answer("a", {1, 100});
  box->answer("", {2, 50}); // also without a frame
  texts();
  EXPECT_EQ(taken.back.operations, 3u);
  EXPECT_EQ(taken.back.bytes, 150u);
  texts();
  EXPECT_EQ(taken.back.operations, 0u);
  EXPECT_EQ(taken.back.bytes, 0u);
}

TEST_F(Outbox, E14_S8_beyond_64_kibibytes_a_push_waits_for_the_kernel) {
  box->belong_to(handler);
  EXPECT_EQ(push(64 * 1024 - 1), flow::taken);
  EXPECT_EQ(push(1), flow::taken); // 64 KiB, no more
  EXPECT_EQ(push(1), flow::waiting);
  box->take(taken);
  ASSERT_EQ(taken.items.size(), 3u);
  EXPECT_FALSE(taken.items[1].is_confirmed_later);
  EXPECT_TRUE(taken.items[2].is_confirmed_later);
  EXPECT_EQ(push(1), flow::waiting); // taken is not yet written
  box->written(taken.items.front());
  box->in_stream(64 * 1024 - 1, 64 * 1024);
  EXPECT_EQ(box->unsent(), 64u * 1024 + 2); // written is not yet sent
  EXPECT_EQ(push(1), flow::waiting);
  box->in_stream(0, 0);
  EXPECT_EQ(box->unsent(), 4u);
  EXPECT_EQ(push(1), flow::taken);
}

TEST_F(Outbox, E14_N18_one_push_that_is_large_counts_though_nothing_waits_before_it) {
  box->belong_to(handler);
  EXPECT_EQ(push(64 * 1024 + 1), flow::waiting);
  EXPECT_EQ(budget->used(), 64u * 1024 + 1);
}

TEST_F(Outbox, N18_answers_that_wait_count_until_the_kernel_has_them) {
  box->belong_to(handler);
  box->answer(std::string(64 * 1024, 'x'), {});
  EXPECT_EQ(budget->used(), 0u); // 64 KiB, no more
  std::string large(100'000, 'y');
  large.reserve(400'000); // the allocated size counts, so the buffer is shrunk to fit
  box->answer(std::move(large), {});
  EXPECT_GE(budget->used(), 100'000u);
  EXPECT_LE(budget->used(), 112'500u);
  const auto used = budget->used();
  box->take(taken);
  for (auto& one : taken.items)
    box->written(one);
  EXPECT_EQ(budget->used(), used); // the stream owns it now
  box->in_stream(170'000, 180'000);
  EXPECT_EQ(budget->used(), used);
  box->in_stream(30'000, 30'000);
  EXPECT_EQ(budget->used(), 30'000u);
  box->in_stream(0, 0);
  EXPECT_EQ(budget->used(), 0u);
  EXPECT_EQ(box->unsent(), 0u);
}

TEST_F(Outbox, N18_an_answer_without_room_is_not_kept_and_its_credit_stays_out) {
  box->belong_to(handler);
  constexpr std::uint64_t most = 4 << 20;
  budget->take(budget->most());
  EXPECT_TRUE(box->try_answer(std::string(60'000, 'x'), {1, 1}, most)); // needs none
  EXPECT_FALSE(box->try_answer(std::string(60'000, 'x'), {1, 1}, most));
  budget->give_back(budget->most());
  EXPECT_TRUE(box->try_answer(std::string(60'000, 'x'), {1, 1}, most));
  EXPECT_FALSE(box->try_answer(std::string(60'000, 'x'), {1, 1}, 119'999)); // reads too little
  box->take(taken);
  EXPECT_EQ(taken.items.size(), 2u);
  EXPECT_EQ(taken.back.operations, 2u);
}

TEST_F(Outbox, N18_what_was_never_written_is_given_back_at_the_end) {
  box->belong_to(handler);
  box->answer(std::string(64 * 1024 + 1, 'x'), {});
  push(100'000);
  EXPECT_GT(budget->used(), 160'000u);
  box->belong_to(nullptr);
  EXPECT_EQ(budget->used(), 0u);
  run(); // its announcement holds the handler, not the outbox
  box.reset();
  EXPECT_EQ(budget->used(), 0u);
}

TEST_F(Outbox, N11_a_push_that_must_be_confirmed_waits_however_little_there_is) {
  box->belong_to(handler);
  EXPECT_EQ(push(1, true), flow::waiting);
  box->take(taken);
  EXPECT_TRUE(taken.items.front().is_confirmed_later);
}

TEST_F(Outbox, N11_without_a_reader_nothing_is_kept_and_nothing_counts_as_taken) {
  box->belong_to(handler);
  push(10);
  box->belong_to(nullptr);
  EXPECT_EQ(box->unsent(), 0u);
  EXPECT_EQ(push(10), flow::waiting);
  box->answer("late", {1, 1});
  EXPECT_EQ(box->unsent(), 0u);
  EXPECT_THAT(texts(), ElementsAre());
  EXPECT_EQ(handler.use_count(), 2); // the test, and one announcement under way
  run();
  EXPECT_EQ(handler.use_count(), 1);
}

TEST_F(Outbox, W6_the_end_is_told_with_what_came_before_it) {
  box->belong_to(handler);
  box->answer("last words", {});
  box->end({end_reason::taken_over, errc::none});
  EXPECT_THAT(texts(), ElementsAre("last words"));
  ASSERT_TRUE(taken.end);
  EXPECT_EQ(taken.end->reason, end_reason::taken_over);
}

} // namespace
} // namespace restante::gateway
