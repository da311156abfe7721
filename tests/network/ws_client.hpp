#pragma once

#include "restante/tests/network/http_client.hpp"
#include "restante/tests/network/line.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::testing {

enum class opcode : std::uint8_t { more = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// One frame as a client sends it, masked.
std::string frame_text(opcode what, std::string_view payload, bool is_last = true);

enum class manners : std::uint8_t {
  polite, ///< answers pings, whenever it hears
  mute,   ///< answers none
};

/// A WebSocket client that can also misbehave. It reads only while it is asked to hear.
class ws_client {
public:
  struct setup {
    std::string path = "/v1/ws";
    http_headers headers{};
    speaking how = speaking::plain;
    manners pings = manners::polite;
    int receive_bytes = 0;
  };

  /// Opens the socket and shakes hands; `answer` has what came of it.
  explicit ws_client(std::uint16_t port) : ws_client{port, setup{}} {}
  ws_client(std::uint16_t port, const setup& how);

  const http_answer& answer() const { return answer_; }

  // --- what it says; false: the other end is gone or takes nothing ---

  bool say(std::string_view text) { return send(frame_text(opcode::text, text)); }
  bool say_binary(std::string_view bytes) { return send(frame_text(opcode::binary, bytes)); }
  bool send(std::string_view raw) { return line_.send(raw); }

  // --- what it hears ---

  /// The next message. `(closed 4001 shutdown)` when it is a close frame, `(lost)` when the
  /// socket ends without one, `(silence)` when nothing comes.
  std::string receive(patience wait = patient);

  /// Says and hears.
  std::string ask(std::string_view text) { return say(text) ? receive() : "(lost)"; }

  /// Whether the next thing to hear is the answer to a ping: nothing else is on its way.
  bool receives_nothing_else();

  /// The code of the close frame, whatever comes before it; 1006 when the socket ends
  /// without one, 0 when neither comes.
  int closed(patience wait = patient);

  /// The payload of the pong that comes next; what comes before it is forgotten.
  std::string pong();

  std::size_t pings_received() const { return pings_received_; }

  // --- how it goes ---

  /// With a close frame.
  void leave(std::uint16_t code = 1000);
  /// With a reset.
  void drop() { line_.reset(); }

  line& at() { return line_; }

private:
  struct frame {
    opcode what = opcode::text;
    bool is_last = true;
    std::string payload;
  };
  bool next(frame& into, patience wait);

  line line_;
  manners pings_;
  http_answer answer_;
  std::size_t pings_received_ = 0;
  std::string closed_; ///< what `receive` says from now on, once the end has come
  int close_code_ = 0;
};

} // namespace restante::testing
