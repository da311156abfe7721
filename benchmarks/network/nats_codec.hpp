#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The client side of the NATS protocol, without headers: what the benchmarks send to JetStream,
/// and what JetStream answers.
namespace restante::benchmarks::network {

enum class nats_verb : std::uint8_t { info, message, ping, pong, ok, error };

/// One operation of the server, as a view into the received bytes.
struct nats_operation {
  nats_verb verb = nats_verb::info;
  std::string_view subject; ///< subject of a message
  std::string_view text;    ///< a message's payload; for other operations the text after the verb
  std::size_t size = 0;     ///< whole operation with its end, in bytes
};

/// The operation at the front of `bytes`; nothing while the operation is incomplete. Throws
/// std::runtime_error for bytes that no server sends.
std::optional<nats_operation> next_nats_operation(std::string_view bytes);

/// Turns off acknowledgements of commands, headers, and the "no responders" message.
void append_nats_connect(std::string& out);
void append_nats_subscribe(std::string& out, std::string_view subject, std::uint64_t id);
/// The answer is sent to `reply`. An empty `reply` requests no answer.
void append_nats_publish(std::string& out, std::string_view subject, std::string_view reply,
                         std::string_view payload);
void append_nats_ping(std::string& out);
void append_nats_pong(std::string& out);

} // namespace restante::benchmarks::network
