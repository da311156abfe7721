// The effect of an assertion in every build.

#include "restante/messages/assert.hpp"

#include <gtest/gtest.h>

namespace restante {
namespace {

TEST(Assert, a_condition_that_holds_is_evaluated_once) {
  int evaluated = 0;
  RESTANTE_ASSERT(++evaluated > 0);
  EXPECT_EQ(evaluated, 1);
}

TEST(AssertDeathTest, a_condition_that_does_not_hold_is_named_with_its_place) {
  const int one = 1;
  EXPECT_DEATH(RESTANTE_ASSERT(one == 2), "assert_test\\.cpp:[0-9]+: assertion failed: one == 2");
}

TEST(Assert, it_is_one_statement) {
  bool reached = false;
  if (reached)
    RESTANTE_ASSERT(false);
  else
    reached = true;
  EXPECT_TRUE(reached);
}

} // namespace
} // namespace restante
