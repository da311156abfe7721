#include "restante/tests/network/ws_client.hpp"

#include <algorithm>

namespace restante::testing {

namespace {

constexpr std::string_view mask{"\x37\xfa\x21\x3d", 4};

void append_number(std::string& to, std::uint64_t number, int bytes) {
  while (bytes-- > 0)
    to += static_cast<char>(number >> (8 * bytes) & 0xff);
}

std::uint64_t number_at(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes)
    number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

} // namespace

std::string frame_text(opcode what, std::string_view payload, bool is_last) {
  std::string text;
  text.reserve(payload.size() + 14);
  text += static_cast<char>((is_last ? 0x80 : 0) | static_cast<int>(what));
  if (payload.size() < 126) {
    text += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() <= 0xffff) {
    text += static_cast<char>(0x80 | 126);
    append_number(text, payload.size(), 2);
  } else {
    text += static_cast<char>(0x80 | 127);
    append_number(text, payload.size(), 8);
  }
  text += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    text += static_cast<char>(payload[i] ^ mask[i % 4]);
  return text;
}

ws_client::ws_client(std::uint16_t port, const setup& how)
    : line_{port, how.how, how.receive_bytes}, pings_{how.pings} {
  http_headers headers{{"Connection", "Upgrade"},
                       {"Upgrade", "websocket"},
                       {"Sec-WebSocket-Version", "13"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  headers.insert(headers.end(), how.headers.begin(), how.headers.end());
  line_.send(http_request_text("GET", how.path, {}, headers));
  answer_ = read_answer(line_);
}

bool ws_client::next(frame& into, patience wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  const auto have = [&](std::size_t bytes) {
    while (line_.received().size() < bytes) {
      const auto left = until - std::chrono::steady_clock::now();
      if (!line_.listen(std::chrono::ceil<patience>(left)))
        return false;
    }
    return true;
  };
  if (!have(2))
    return false;
  const std::size_t head = line_.received()[1] & 0x7f;
  const std::size_t length_bytes = head == 127 ? 8 : head == 126 ? 2 : 0;
  if (!have(2 + length_bytes))
    return false;
  const std::string_view bytes{line_.received()};
  const auto size = length_bytes == 0 ? head : number_at(bytes.substr(2, length_bytes));
  if (!have(2 + length_bytes + size))
    return false;
  const auto first = static_cast<unsigned char>(line_.received()[0]);
  into = {static_cast<opcode>(first & 0x0f), (first & 0x80) != 0,
          line_.received().substr(2 + length_bytes, size)};
  line_.take(2 + length_bytes + size);
  return true;
}

std::string ws_client::receive(patience wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  std::string message;
  frame got;
  while (closed_.empty()) {
    if (!next(got, std::chrono::ceil<patience>(until - std::chrono::steady_clock::now()))) {
      if (!line_.is_over())
        return "(silence)";
      closed_ = "(lost)";
      close_code_ = 1006;
      break;
    }
    switch (got.what) {
    case opcode::ping:
      ++pings_received_;
      if (pings_ == manners::polite)
        send(frame_text(opcode::pong, got.payload));
      break;
    case opcode::pong:
      break;
    case opcode::close:
      close_code_ = got.payload.size() < 2
                        ? 1005
                        : static_cast<int>(number_at(std::string_view{got.payload}.substr(0, 2)));
      closed_ = "(closed " + std::to_string(close_code_) + " " +
                got.payload.substr(std::min<std::size_t>(2, got.payload.size())) + ")";
      send(frame_text(opcode::close, std::string_view{got.payload}.substr(0, 2)));
      break;
    default:
      message += got.payload;
      if (got.is_last)
        return message;
    }
  }
  return closed_;
}

bool ws_client::receives_nothing_else() {
  return ask(R"({"op":"ping","id":"still there?"})") ==
         R"({"_orama":"reply","id":"still there?","ok":true})";
}

int ws_client::closed(patience wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  while (close_code_ == 0) {
    if (receive(std::chrono::ceil<patience>(until - std::chrono::steady_clock::now())) ==
        "(silence)")
      return 0;
  }
  return close_code_;
}

std::string ws_client::pong() {
  frame got;
  while (next(got, patient)) {
    if (got.what == opcode::pong)
      return got.payload;
  }
  return "(none)";
}

void ws_client::leave(std::uint16_t code) {
  std::string payload;
  append_number(payload, code, 2);
  send(frame_text(opcode::close, payload));
}

} // namespace restante::testing
