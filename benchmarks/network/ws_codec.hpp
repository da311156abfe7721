#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// The part of the client side of WebSocket (RFC 6455) that the benchmarks need: they send masked
/// frames, receive whole messages, and use no extensions. Product code uses a library; here every
/// cycle of the client is a cycle that the server does not get.
namespace restante::benchmarks::network {

enum class ws_opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

/// One frame, as a view into the received bytes.
struct ws_frame {
  ws_opcode opcode = ws_opcode::text;
  bool last = true; ///< last frame of its message
  std::string_view payload;
  std::size_t size = 0; ///< head and payload, in bytes
};

/// The frame at the front of `bytes`; nothing while the frame is incomplete. Throws
/// std::runtime_error for a frame that a server may not send (masked, reserved bits).
std::optional<ws_frame> next_ws_frame(std::string_view bytes);

/// Adds a masked frame whose payload is `pieces` joined.
void append_ws_frame(std::string& out, ws_opcode opcode, std::uint32_t mask,
                     std::initializer_list<std::string_view> pieces);

/// Appends the HTTP request that upgrades the connection to a WebSocket.
void append_ws_upgrade(std::string& out, std::string_view host, std::string_view path);

/// The length of the answer to the upgrade; nothing while the answer is incomplete. Throws
/// std::runtime_error with the status line unless the status is 101. Does not check
/// Sec-WebSocket-Accept, because the server is a child process of this program.
std::optional<std::size_t> ws_upgrade_answer(std::string_view bytes);

/// A whole message, or one control frame.
struct ws_message {
  ws_opcode opcode = ws_opcode::text;
  std::string_view payload; ///< valid until the next call
};

/// Joins the fragments of messages. Does not copy unfragmented messages.
class ws_reader {
public:
  /// Takes the next message off the front of `bytes`; nothing while the message is incomplete.
  /// Throws the errors of next_ws_frame().
  std::optional<ws_message> next(std::string_view& bytes);

private:
  std::string joined_;
  ws_opcode opcode_ = ws_opcode::continuation;
  bool handed_out_ = false;
};

} // namespace restante::benchmarks::network
