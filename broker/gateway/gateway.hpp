#pragma once

#include "restante/broker/api/broker.hpp"
#include "restante/broker/gateway/event_log.hpp"
#include "restante/broker/gateway/identity.hpp"
#include "restante/messages/counts.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace restante::gateway {

/// How a gateway is started. Everything that waits or grows has a bound here.
struct gateway_options {
  std::string address = "127.0.0.1"; ///< an IP address, or `localhost`: 127.0.0.1 and ::1
  std::uint16_t port = 7467;         ///< 0: one that is free; see `gateway::port`
  std::size_t io_threads = 1;        ///< 1 to 64

  /// Sockets at once, HTTP ones too; beyond it they are told `too_many_connections` and
  /// closed. The bound on connected clients is the broker's `limits::connections`.
  std::size_t sockets_max = 50'000;

  /// Who bears which token; null: everybody is who they say, which `address` must be
  /// loopback for unless `insecure` (spec W7).
  std::shared_ptr<const authenticator> tokens{};
  bool insecure = false;

  /// PEM files; both or none. Read again by `reload_tls`.
  std::string tls_cert{};
  std::string tls_key{};

  /// Beside the gateway's own: `https://app.example`; `app.example`, or with a port. `*` allows
  /// any.
  std::vector<std::string> allowed_origins{};
  std::vector<std::string> allowed_hosts{};

  /// A silent connection is lost after two and a half of these (spec C3).
  std::chrono::milliseconds ping_interval{10'000};

  /// From the socket to its `connect`, or to the end of an HTTP request.
  std::chrono::milliseconds handshake_timeout{10'000};

  /// An HTTP connection between requests. Longer than what proxies keep an idle connection to
  /// us for, 60 s with nginx and the load balancers of the clouds: otherwise they now and then
  /// send a request into a socket that we are closing, and their client gets a 502.
  std::chrono::milliseconds idle_timeout{75'000};

  /// A socket that takes no byte of what waits for it is closed, 4008 (spec W6).
  std::chrono::milliseconds write_timeout{30'000};

  /// What a socket that is being closed gets to take its last bytes.
  std::chrono::milliseconds close_timeout{2'000};

  std::shared_ptr<event_log> log{}; ///< null: nowhere
};

/// What the gateway counts (see counts.hpp).
template <class Number>
struct gateway_counts {
  Number sockets{0};         ///< open now
  Number websockets{0};      ///< of these
  Number accepted{0};        ///< since it started, like all that follow
  Number refused_sockets{0}; ///< beyond `sockets_max`
  Number http_requests{0};
  Number frames_in{0};
  Number frames_out{0};
  Number bytes_in{0};
  Number bytes_out{0};
  Number bad_frames{0};
  Number unauthenticated{0}; ///< tokens that were refused
  Number tokens_missing{0};  ///< of these, because there was none
  Number tokens_expired{0};  ///< of these
  Number foreign{0};         ///< refused for their Origin or Host
  Number lost_silent{0};     ///< ended 4012
  Number lost_stalled{0};    ///< ended 4008

  static constexpr auto rows() {
    using enum figure_kind;
    using c = gateway_counts;
    return std::to_array<count_row<c, Number>>({
        {"sockets", gauge, &c::sockets, "Sockets open."},
        {"websockets", gauge, &c::websockets, "Sockets that are WebSockets."},
        {"sockets_accepted", counter, &c::accepted, "Sockets accepted."},
        {"sockets_refused", counter, &c::refused_sockets, "Sockets refused beyond sockets_max."},
        {"http_requests", counter, &c::http_requests, "HTTP requests, upgrades too."},
        {"frames_in", counter, &c::frames_in, "Frames received."},
        {"frames_out", counter, &c::frames_out, "Frames sent."},
        {"bytes_in", counter, &c::bytes_in, "Bytes of frames received."},
        {"bytes_out", counter, &c::bytes_out, "Bytes of frames sent."},
        {"bad_frames", counter, &c::bad_frames, "Frames that could not be read."},
        {"unauthenticated", counter, &c::unauthenticated, "Requests without a good token."},
        {"tokens_missing", counter, &c::tokens_missing, "Of these, those without any."},
        {"tokens_expired", counter, &c::tokens_expired, "Of these, those whose token had ended."},
        {"foreign", counter, &c::foreign, "Requests refused for their Origin or Host."},
        {"lost_silent", counter, &c::lost_silent, "Connections lost without a pong (4012)."},
        {"lost_stalled", counter, &c::lost_stalled, "Connections that took no byte (4008)."},
    });
  }
};

/// What has passed the gateway since it started.
struct gateway_stats : gateway_counts<std::uint64_t> {
  std::uint64_t sockets_max = 0; ///< the bound of `sockets`
  std::uint64_t log_lines_dropped = 0;
};

/// A broker's network interface: JSON over WebSocket at `/v1/ws` and HTTP beside it, on
/// one port (spec §5). It has no rules of its own: each WebSocket has a connection actor,
/// each HTTP request asks the broker.
class gateway {
public:
  /// Listens from here on. Throws std::runtime_error, with a sentence for the operator,
  /// when it cannot: the address is taken or not loopback, a certificate cannot be read.
  gateway(broker& broker, gateway_options how);

  /// Stops at once, if `stop` was not called.
  ~gateway();

  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;

  std::uint16_t port() const;

  /// Accepts no more sockets; `/readyz` says 503. Call `broker::stop` next, then `stop`.
  void refuse_newcomers();

  /// Lets what waits be written, `close_timeout` long, and ends all threads.
  void stop();

  /// Makes a current or later `stop` wait for nothing. Safe from any thread.
  void hurry();

  /// Takes from `how` what can change while it runs: `allowed_origins`, `allowed_hosts` and
  /// `sockets_max`, for requests and sockets from now on.
  void take(const gateway_options& how);

  /// Reads certificate and key from these files, or those of the start, for sockets from now on.
  /// What is wrong with them, if anything; the old ones stay then. Does nothing without TLS.
  std::optional<std::string> reload_tls(const std::string& cert, const std::string& key);
  std::optional<std::string> reload_tls();

  gateway_stats stats() const;

private:
  class state;
  std::unique_ptr<state> state_;
};

} // namespace restante::gateway
