// The memory that unread output may use, and the order in which waiting outputs get it.

#include "restante/actors/model/output_budget.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace restante::model {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

class OutputBudget : public ::testing::Test {
protected:
  /// When a permit is destroyed, the budget serves waiting requests. No request may be left waiting
  /// at the end.
  void TearDown() override {
    alive.reset();
    granted.clear();
  }

  /// Asks for a permit. A permit that is granted later goes to `granted`.
  output_permit_ptr begin(std::uint64_t bytes, reader known = reader::unknown) {
    return budget->begin(bytes, known, alive, [this, bytes](output_permit_ptr permit) {
      served.push_back(bytes);
      granted.push_back(std::move(permit));
    });
  }

  std::shared_ptr<output_budget> budget = std::make_shared<output_budget>(8 * mebibyte);
  std::shared_ptr<int> alive = std::make_shared<int>(0);
  std::vector<output_permit_ptr> granted;
  std::vector<std::uint64_t> served;
};

TEST_F(OutputBudget, N18_S8_it_is_taken_up_to_its_bound_and_not_one_byte_more) {
  EXPECT_TRUE(budget->try_take(4 * mebibyte));
  EXPECT_TRUE(budget->try_take(4 * mebibyte));
  EXPECT_FALSE(budget->try_take(1));
  EXPECT_EQ(budget->used(), 8 * mebibyte);
  budget->give_back(1);
  EXPECT_TRUE(budget->try_take(1));
}

TEST_F(OutputBudget, N18_a_broker_has_a_quarter_of_its_memory_and_room_for_two_lists_at_least) {
  EXPECT_EQ(output_budget::share_of(64 * mebibyte), 16 * mebibyte);
  EXPECT_EQ(output_budget::share_of(mebibyte), 4 * mebibyte);
}

TEST_F(OutputBudget, N18_what_is_larger_than_half_of_it_fits_where_half_is_left) {
  EXPECT_TRUE(budget->try_take(4 * mebibyte));
  EXPECT_TRUE(budget->has_room(100 * mebibyte));
  budget->take(1);
  EXPECT_FALSE(budget->has_room(100 * mebibyte));
}

TEST_F(OutputBudget, S8_so_many_large_answers_are_made_at_once_and_the_next_waits_its_turn) {
  std::vector<output_permit_ptr> made;
  for (std::size_t i = 0; i < budget->starts_max(); ++i)
    made.push_back(begin(0));
  EXPECT_TRUE(made.back());
  EXPECT_FALSE(begin(0));
  EXPECT_TRUE(granted.empty());
  EXPECT_FALSE(budget->is_contended()); // turns become free by themselves
  made.pop_back();
  EXPECT_EQ(granted.size(), 1u);
}

TEST_F(OutputBudget, S8_an_answer_of_unknown_size_is_begun_though_there_is_no_room) {
  budget->take(9 * mebibyte);
  EXPECT_TRUE(begin(0));
  EXPECT_FALSE(begin(1));
}

TEST_F(OutputBudget, S8_who_waits_for_room_is_served_in_order_and_nobody_overtakes) {
  budget->take(8 * mebibyte);
  EXPECT_FALSE(begin(3 * mebibyte));
  EXPECT_FALSE(begin(2 * mebibyte));
  EXPECT_TRUE(budget->is_contended());
  budget->give_back(2 * mebibyte); // only the second would fit
  EXPECT_TRUE(served.empty());
  EXPECT_FALSE(budget->try_take(1));
  EXPECT_FALSE(budget->has_room(1));
  budget->give_back(mebibyte);
  EXPECT_EQ(served, std::vector<std::uint64_t>{3 * mebibyte});
  EXPECT_EQ(budget->used(), 8 * mebibyte); // the permit reserves it
  std::exchange(granted, {}).clear();
  EXPECT_EQ(served.size(), 2u);
}

TEST_F(OutputBudget, S8_a_proven_reader_is_served_before_those_that_never_took_anything) {
  budget->take(8 * mebibyte);
  EXPECT_FALSE(begin(mebibyte));
  EXPECT_FALSE(begin(2 * mebibyte, reader::proven));
  budget->give_back(2 * mebibyte);
  EXPECT_EQ(served, std::vector<std::uint64_t>{2 * mebibyte});
}

TEST_F(OutputBudget, S8_a_permit_gives_back_what_its_answer_did_not_take) {
  auto permit = begin(2 * mebibyte);
  ASSERT_TRUE(permit);
  EXPECT_TRUE(permit->take(mebibyte));
  EXPECT_EQ(budget->used(), 2 * mebibyte);
  permit = nullptr;
  EXPECT_EQ(budget->used(), mebibyte);
  auto unknown = begin(0);
  budget->take(7 * mebibyte);
  EXPECT_FALSE(unknown->take(1)); // nothing was reserved for it
}

TEST_F(OutputBudget, S8_those_that_have_gone_are_passed_over) {
  budget->take(8 * mebibyte);
  EXPECT_FALSE(begin(mebibyte));
  EXPECT_FALSE(begin(mebibyte));
  alive.reset();
  budget->give_back(8 * mebibyte);
  EXPECT_TRUE(served.empty());
  EXPECT_FALSE(budget->is_contended());
  EXPECT_EQ(budget->used(), 0u);
}

TEST_F(OutputBudget, S8_thousands_that_leave_at_once_do_not_nest) {
  budget->take(8 * mebibyte);
  for (int i = 0; i < 50'000; ++i) {
    budget->begin(1, reader::unknown, alive, [](const output_permit_ptr&) {}); // dropped at once
  }
  budget->give_back(8 * mebibyte);
  EXPECT_FALSE(budget->is_contended());
  EXPECT_EQ(budget->used(), 0u);
}

} // namespace
} // namespace restante::model
