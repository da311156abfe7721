// The functions that are derived from the description of a struct.

#include "restante/messages/copy_members.hpp"
#include "restante/messages/notification.hpp"

#include <gtest/gtest.h>

namespace restante::describe_samples {

struct whole {
  int number = 0;
  std::string text;
  trace_id trace;
};
BOOST_DESCRIBE_STRUCT(whole, (), (number, text, trace))

struct forgetful {
  int number = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(forgetful, (), (number))

struct empty {};
BOOST_DESCRIBE_STRUCT(empty, (), ())

struct similar {
  std::string text;
  long number = 7;
  std::string other = "own";
};
BOOST_DESCRIBE_STRUCT(similar, (), (text, number, other))

static_assert(lists_all_members<whole>);
static_assert(lists_all_members<empty>);
static_assert(!lists_all_members<forgetful>, "a description that leaves a member out is found");
static_assert(lists_all_members<put_request>);

TEST(Describe, members_come_in_the_order_of_the_list) {
  whole x{3, "three", {}};
  with_members(x, [](int& number, std::string& text, trace_id& trace) {
    EXPECT_EQ(number, 3);
    EXPECT_EQ(text, "three");
    trace = {1, 2};
  });
  EXPECT_EQ(x.trace, (trace_id{1, 2}));
}

TEST(Describe, what_has_one_name_and_one_type_is_copied) {
  const whole from{3, "three", {}};
  similar to;
  copy_members(from, to);
  EXPECT_EQ(to.text, "three");
  EXPECT_EQ(to.number, 7) << "another type";
  EXPECT_EQ(to.other, "own") << "another name";
}

TEST(Describe, what_is_given_away_is_moved) {
  whole from{3, std::string(100, 'x'), {}};
  const auto* text = from.text.data();
  similar to;
  copy_members(std::move(from), to);
  EXPECT_EQ(to.text.data(), text);
}

} // namespace restante::describe_samples
