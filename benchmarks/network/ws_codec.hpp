#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// The client's half of WebSocket (RFC 6455), as much of it as the benchmarks
/// need: masked frames out, whole messages in, no extensions. Product code uses
/// a library; here every cycle of the client is a cycle the server does not get.
namespace restante::benchmarks::network {

enum class ws_opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

/// One frame as it stands in the bytes it was found in.
struct ws_frame {
  ws_opcode opcode = ws_opcode::text;
  bool last = true; ///< of its message
  std::string_view payload;
  std::size_t size = 0; ///< head and payload, in bytes
};

/// The frame at the front of `bytes`; nothing while it is incomplete. Throws
/// std::runtime_error for what a server may not send (masked, reserved bits).
std::optional<ws_frame> next_ws_frame(std::string_view bytes);

/// Adds a masked frame whose payload is `pieces` joined.
void append_ws_frame(std::string& out, ws_opcode opcode, std::uint32_t mask,
                     std::initializer_list<std::string_view> pieces);

/// Adds the request that turns the connection into a WebSocket.
void append_ws_upgrade(std::string& out, std::string_view host, std::string_view path);

/// The length of the answer to the upgrade; nothing while it is incomplete.
/// Throws std::runtime_error, with the status line, unless it is 101. Does not
/// check Sec-WebSocket-Accept: who answers is a child of ours.
std::optional<std::size_t> ws_upgrade_answer(std::string_view bytes);

/// A message, or a control frame on its own.
struct ws_message {
  ws_opcode opcode = ws_opcode::text;
  std::string_view payload; ///< valid until the next call
};

/// Joins the fragments of messages. Keeps nothing of unfragmented ones.
class ws_reader {
public:
  /// Takes the next message off the front of `bytes`; nothing while it is
  /// incomplete. Throws what next_ws_frame() throws.
  std::optional<ws_message> next(std::string_view& bytes);

private:
  std::string joined_;
  ws_opcode opcode_ = ws_opcode::continuation;
  bool handed_out_ = false;
};

} // namespace restante::benchmarks::network
