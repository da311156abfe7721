// The output that a sink has not confirmed yet, and whether there is room for more.

#include "restante/actors/model/send_window.hpp"
#include "restante/messages/limits.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace restante::model {
namespace {

constexpr std::uint64_t window_bytes = 1 << 20;

struct SendWindow : ::testing::Test {
  std::shared_ptr<output_budget> budget =
      std::make_shared<output_budget>(output_budget::least_bytes);
  send_window window{*budget, window_bytes};
};

TEST_F(SendWindow, E14_what_is_unconfirmed_counts_for_all_connections_until_it_is_confirmed) {
  window.add({100, trace_id{1, 1}});
  window.add({20, {}});
  EXPECT_EQ(budget->used(), 120U);
  EXPECT_EQ(window.confirm()->trace, (trace_id{1, 1}));
  EXPECT_EQ(budget->used(), 20U);
  window.confirm();
  EXPECT_EQ(window.confirm(), std::nullopt);
  EXPECT_EQ(budget->used(), 0U);
}

TEST_F(SendWindow, C4_a_lost_sink_gives_back_what_it_had_not_confirmed) {
  window.add({100, {}});
  window.clear();
  window.clear();
  EXPECT_EQ(budget->used(), 0U);
  EXPECT_TRUE(window.empty());
}

TEST_F(SendWindow, E14_a_sink_that_counts_its_queue_is_not_counted_twice) {
  window.count_by(output_counter::sink);
  window.add({100, {}});
  EXPECT_EQ(window.bytes(), 100U);
  EXPECT_EQ(budget->used(), 0U);
  window.confirm();
  window.add({100, {}});
  window.clear();
  EXPECT_EQ(budget->used(), 0U);
}

TEST_F(SendWindow, S8_a_little_has_room_whatever_others_hold) {
  budget->take(budget->most());
  EXPECT_TRUE(window.has_room(output_free_bytes));
  EXPECT_FALSE(window.has_room(output_free_bytes + 1));
  EXPECT_FALSE(window.has_common_room());
  budget->give_back(budget->most());
  EXPECT_TRUE(window.has_room(output_free_bytes + 1));
  EXPECT_TRUE(window.has_common_room());
}

TEST_F(SendWindow, S8_a_full_window_has_room_for_nothing) {
  window.add({window_bytes - 1, {}});
  EXPECT_TRUE(window.has_room(1));
  window.add({1, {}});
  EXPECT_FALSE(window.has_room(0));
}

TEST_F(SendWindow, E14_it_is_half_free_at_half_and_not_one_past_it) {
  window.add({window_bytes / 2, {}});
  EXPECT_TRUE(window.is_half_free());
  window.add({1, {}});
  EXPECT_FALSE(window.is_half_free());
}

TEST_F(SendWindow, S8_it_is_flooded_one_byte_past_its_bound_and_all_deliveries_in_flight) {
  constexpr std::uint64_t deliveries = inflight_max * (pack_bytes_max + 1024);
  window.add({window_bytes + deliveries, {}});
  EXPECT_FALSE(window.is_flooded());
  window.add({1, {}});
  EXPECT_TRUE(window.is_flooded());
}

using SendWindowDeathTest = SendWindow;

TEST_F(SendWindowDeathTest, E14_who_counts_does_not_change_while_something_is_unconfirmed) {
  window.add({100, {}});
  EXPECT_DEATH(window.count_by(output_counter::sink), "given_.empty");
}

} // namespace
} // namespace restante::model
