#include "restante/benchmarks/network/resp_codec.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace std::string_view_literals;

namespace restante::benchmarks::network {
namespace {

TEST(RespCommand, is_written_as_the_protocol_says) {
  std::string out;
  append_resp_command(out, {"RPUSH", "k", "a\r\nb", ""});
  EXPECT_EQ(out, "*4\r\n$5\r\nRPUSH\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n$0\r\n\r\n");
}

TEST(RespAnswer, is_a_line_with_its_kind_in_front) {
  const auto number = next_resp_answer(":1234\r\n+OK\r\n");
  ASSERT_TRUE(number);
  EXPECT_EQ(number->kind, resp_kind::number);
  EXPECT_EQ(number->text, "1234");
  EXPECT_EQ(number->size, 7);
  EXPECT_EQ(next_resp_answer("+\r\n")->text, "");
  const auto error = next_resp_answer("-ERR no\r\n");
  EXPECT_EQ(error->kind, resp_kind::error);
  EXPECT_EQ(error->text, "ERR no");
}

TEST(RespAnswer, is_nothing_until_its_last_byte_is_there) {
  constexpr auto whole = ":1234\r\n"sv;
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(next_resp_answer(whole.substr(0, length))) << length;
}

TEST(RespAnswer, of_more_than_a_line_is_refused) {
  EXPECT_THROW(next_resp_answer("$2\r\nab\r\n"), std::runtime_error);
  EXPECT_THROW(next_resp_answer("*0\r\n"), std::runtime_error);
}

} // namespace
} // namespace restante::benchmarks::network
