#include "restante/actors/model/output.hpp"

#include <gtest/gtest.h>

namespace restante::model {
namespace {

TEST(Unconfirmed, E14_confirms_in_order_and_counts_bytes) {
  unconfirmed output;
  EXPECT_FALSE(output.confirm());
  output.add({100, trace_id{1, 1}});
  output.add({20, {}});
  EXPECT_EQ(output.bytes(), 120u);
  EXPECT_EQ(output.confirm()->trace, (trace_id{1, 1}));
  EXPECT_EQ(output.bytes(), 20u);
  EXPECT_FALSE(output.confirm()->trace);
  EXPECT_EQ(output.bytes(), 0u);
  EXPECT_TRUE(output.empty());
  EXPECT_FALSE(output.confirm()); // one confirmation too many is harmless
}

TEST(Unconfirmed, C4_a_lost_sink_leaves_nothing) {
  unconfirmed output;
  output.add({100, {}});
  output.clear();
  EXPECT_EQ(output.bytes(), 0u);
  EXPECT_TRUE(output.empty());
}

} // namespace
} // namespace restante::model
