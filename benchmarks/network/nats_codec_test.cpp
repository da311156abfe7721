#include "restante/benchmarks/network/nats_codec.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace std::string_view_literals;

namespace restante::benchmarks::network {
namespace {

TEST(NatsOperation, is_a_verb_and_what_stands_behind_it) {
  const auto info = next_nats_operation("INFO {\"port\":4222}\r\nPING\r\n");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->verb, nats_verb::info);
  EXPECT_EQ(info->text, "{\"port\":4222}");
  EXPECT_EQ(info->size, 20);
  EXPECT_EQ(next_nats_operation("PING\r\n")->verb, nats_verb::ping);
  EXPECT_EQ(next_nats_operation("PONG\r\n")->verb, nats_verb::pong);
  EXPECT_EQ(next_nats_operation("+OK\r\n")->verb, nats_verb::ok);
  const auto error = next_nats_operation("-ERR 'Unknown'\r\n");
  EXPECT_EQ(error->verb, nats_verb::error);
  EXPECT_EQ(error->text, "'Unknown'");
}

TEST(NatsMessage, has_a_payload_of_the_length_it_says) {
  for (const auto* head : {"MSG in.box 1 8\r\n", "MSG in.box 1 back 8\r\n"}) {
    const auto bytes = std::string{head} + "a\r\nMSG x\r\nrest";
    const auto message = next_nats_operation(bytes);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->verb, nats_verb::message);
    EXPECT_EQ(message->subject, "in.box");
    EXPECT_EQ(message->text, "a\r\nMSG x");
    EXPECT_EQ(bytes.substr(message->size), "rest");
  }
  EXPECT_EQ(next_nats_operation("MSG s 1 0\r\n\r\n")->text, "");
}

TEST(NatsMessage, is_nothing_until_its_last_byte_is_there) {
  constexpr auto whole = "MSG in.box 1 3\r\nabc\r\n"sv;
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(next_nats_operation(whole.substr(0, length))) << length;
}

TEST(NatsOperation, that_no_server_says_is_refused) {
  EXPECT_THROW(next_nats_operation("HELLO\r\n"), std::runtime_error);
  EXPECT_THROW(next_nats_operation("MSG s 1 x\r\n"), std::runtime_error);
  EXPECT_THROW(next_nats_operation("MSG 3\r\n"), std::runtime_error);
}

TEST(NatsRequests, are_written_as_the_protocol_says) {
  std::string out;
  append_nats_subscribe(out, "in.*", 7);
  append_nats_publish(out, "to", "in.1", "abc");
  append_nats_publish(out, "to", "", "");
  append_nats_ping(out);
  append_nats_pong(out);
  EXPECT_EQ(out, "SUB in.* 7\r\nPUB to in.1 3\r\nabc\r\nPUB to 0\r\n\r\nPING\r\nPONG\r\n");
}

} // namespace
} // namespace restante::benchmarks::network
