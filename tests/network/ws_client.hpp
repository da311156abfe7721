#pragma once

#include "restante/tests/network/http_client.hpp"
#include "restante/tests/network/line.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::testing {

enum class opcode : std::uint8_t { more = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// One masked frame, as a client sends it.
std::string frame_text(opcode what, std::string_view payload, bool is_last = true);

enum class manners : std::uint8_t {
  polite, ///< answers pings whenever it receives
  mute,   ///< answers no ping
};

/// A WebSocket client that can also misbehave. It reads only while the test calls a receiving
/// function.
class ws_client {
public:
  struct setup {
    std::string path = "/v1/ws";
    http_headers headers{};
    speaking how = speaking::plain;
    manners pings = manners::polite;
    int receive_bytes = 0;
  };

  /// Opens the socket and performs the handshake; `answer` holds the response.
  explicit ws_client(std::uint16_t port) : ws_client{port, setup{}} {}
  ws_client(std::uint16_t port, const setup& how);

  const http_answer& answer() const { return answer_; }

  // --- sending; false: the other end is gone or accepts nothing ---

  bool say(std::string_view text) { return send(frame_text(opcode::text, text)); }
  bool say_binary(std::string_view bytes) { return send(frame_text(opcode::binary, bytes)); }
  bool send(std::string_view raw) { return line_.send(raw); }

  // --- receiving ---

  /// The next message. `(closed 4001 shutdown)` when it is a close frame, `(lost)` when the socket
  /// ends without one, `(silence)` when nothing arrives.
  std::string receive(patience wait = patient);

  /// Sends a message and returns the next message.
  std::string ask(std::string_view text) { return say(text) ? receive() : "(lost)"; }

  /// Whether the next message is the answer to a ping, which means that no other message is under
  /// way.
  bool receives_nothing_else();

  /// The code of the close frame; earlier messages are skipped. 1006 when the socket ends without a
  /// close frame, 0 when neither arrives.
  int closed(patience wait = patient);

  /// The payload of the next pong; earlier messages are discarded.
  std::string pong();

  std::size_t pings_received() const { return pings_received_; }

  // --- ending the connection ---

  /// Ends with a close frame.
  void leave(std::uint16_t code = 1000);
  /// Ends with a reset.
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
  std::string closed_; ///< the result of every further `receive` once the connection has ended
  int close_code_ = 0;
};

} // namespace restante::testing
