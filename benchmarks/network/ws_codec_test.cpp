#include "restante/benchmarks/network/ws_codec.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace std::string_literals;
using namespace std::string_view_literals;

namespace restante::benchmarks::network {
namespace {

/// A frame as a server sends it: unmasked, with the length in the shortest form.
std::string served(std::string_view payload, ws_opcode opcode = ws_opcode::text, bool last = true) {
  std::string frame;
  frame.push_back(static_cast<char>((last ? 0x80 : 0) | static_cast<int>(opcode)));
  int width = 0;
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(payload.size()));
  } else {
    width = payload.size() < 65536 ? 2 : 8;
    frame.push_back(static_cast<char>(width == 2 ? 126 : 127));
  }
  for (int i = width - 1; i >= 0; --i)
    frame.push_back(static_cast<char>(payload.size() >> 8 * i & 0xff));
  return frame.append(payload);
}

std::string unmasked(std::string_view frame, std::size_t head) {
  const auto key = frame.substr(head - 4, 4);
  std::string payload{frame.substr(head)};
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
  return payload;
}

TEST(WsFrame, is_read_at_every_width_of_its_length) {
  for (const std::size_t size : {0, 1, 125, 126, 65535, 65536, 1 << 20}) {
    const std::string payload(size, 'x');
    const auto bytes = served(payload);
    const auto frame = next_ws_frame(bytes + "rest");
    ASSERT_TRUE(frame) << size;
    EXPECT_EQ(frame->size, bytes.size());
    EXPECT_EQ(frame->payload.size(), size);
    EXPECT_TRUE(frame->last);
  }
}

TEST(WsFrame, is_nothing_until_its_last_byte_is_there) {
  for (const std::size_t size : {0, 5, 126, 70000}) {
    const auto bytes = served(std::string(size, 'x'));
    const auto step = size < 1000 ? 1 : 997;
    for (std::size_t length = 0; length < bytes.size(); length += step)
      EXPECT_FALSE(next_ws_frame(std::string_view{bytes}.substr(0, length)));
    EXPECT_TRUE(next_ws_frame(bytes));
  }
}

TEST(WsFrame, masked_or_with_reserved_bits_is_refused) {
  EXPECT_THROW(next_ws_frame("\x81\x80"sv), std::runtime_error);
  EXPECT_THROW(next_ws_frame("\xc1\x01x"sv), std::runtime_error);
}

TEST(WsFrame, is_written_masked_from_joined_pieces) {
  for (const std::size_t size : {0, 1, 7, 8, 113, 114, 65523, 65524}) {
    std::string out = "before";
    const std::string middle(size, 'm');
    append_ws_frame(out, ws_opcode::text, 0x01020304, {"<first>", middle, "<end>"});
    const auto frame = std::string_view{out}.substr(6);
    const auto length = size + 12;
    const std::size_t head = length < 126 ? 6 : length < 65536 ? 8 : 14;
    ASSERT_EQ(frame.size(), head + length);
    EXPECT_EQ(static_cast<std::uint8_t>(frame[0]), 0x81);
    EXPECT_EQ(frame[1] & 0x80, 0x80);
    EXPECT_EQ(unmasked(frame, head), "<first>" + middle + "<end>");
    if (size > 0) {
      EXPECT_EQ(frame.substr(head).find("first"), std::string_view::npos);
    }
  }
}

TEST(WsUpgrade, asks_as_the_standard_says) {
  std::string out;
  append_ws_upgrade(out, "127.0.0.1:80", "/v1/ws");
  EXPECT_TRUE(out.starts_with("GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1:80\r\n")) << out;
  EXPECT_TRUE(out.ends_with("\r\n\r\n"));
}

TEST(WsUpgrade, is_answered_once_the_head_is_complete) {
  const auto head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"s;
  EXPECT_FALSE(ws_upgrade_answer(""));
  EXPECT_FALSE(ws_upgrade_answer(std::string_view{head}.substr(0, head.size() - 1)));
  EXPECT_EQ(ws_upgrade_answer(head + served("x")), head.size());
  EXPECT_THROW(ws_upgrade_answer("HTTP/1.1 403 Forbidden\r\n\r\n"), std::runtime_error);
}

TEST(WsReader, takes_message_after_message_and_leaves_the_rest) {
  const auto bytes = served("one") + served("two") + served("three").substr(0, 4);
  std::string_view rest = bytes;
  ws_reader reader;
  EXPECT_EQ(reader.next(rest)->payload, "one");
  EXPECT_EQ(reader.next(rest)->payload, "two");
  EXPECT_FALSE(reader.next(rest));
  EXPECT_EQ(rest.size(), 4);
}

TEST(WsReader, joins_fragments_around_control_frames) {
  const auto bytes = served("a", ws_opcode::text, false) + served("hi", ws_opcode::ping) +
                     served("b", ws_opcode::continuation, false) +
                     served("c", ws_opcode::continuation) + served("next");
  std::string_view rest = bytes;
  ws_reader reader;
  const auto ping = reader.next(rest);
  EXPECT_EQ(ping->opcode, ws_opcode::ping);
  EXPECT_EQ(ping->payload, "hi");
  const auto joined = reader.next(rest);
  EXPECT_EQ(joined->opcode, ws_opcode::text);
  EXPECT_EQ(joined->payload, "abc");
  EXPECT_EQ(reader.next(rest)->payload, "next");
  EXPECT_TRUE(rest.empty());
}

} // namespace
} // namespace restante::benchmarks::network
