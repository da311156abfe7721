#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The client's half of the NATS protocol, without headers: what the benchmarks say to
/// JetStream, and what it says back.
namespace restante::benchmarks::network {

enum class nats_verb : std::uint8_t { info, message, ping, pong, ok, error };

/// One operation of the server as it stands in the bytes it was found in.
struct nats_operation {
  nats_verb verb = nats_verb::info;
  std::string_view subject; ///< of a message
  std::string_view text;    ///< a message's payload; what else stands behind the verb
  std::size_t size = 0;     ///< with its end, in bytes
};

/// The operation at the front of `bytes`; nothing while it is incomplete. Throws
/// std::runtime_error for what a server does not say.
std::optional<nats_operation> next_nats_operation(std::string_view bytes);

/// Without acknowledgements of what is sent, headers, and word that nobody listens.
void append_nats_connect(std::string& out);
void append_nats_subscribe(std::string& out, std::string_view subject, std::uint64_t id);
/// The answer comes to `reply`; none is wanted when it is empty.
void append_nats_publish(std::string& out, std::string_view subject, std::string_view reply,
                         std::string_view payload);
void append_nats_ping(std::string& out);
void append_nats_pong(std::string& out);

} // namespace restante::benchmarks::network
