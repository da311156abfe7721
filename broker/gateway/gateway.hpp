#pragma once

#include "restante/broker/api/broker.hpp"
#include "restante/broker/gateway/event_log.hpp"
#include "restante/broker/gateway/identity.hpp"

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

/// What passed the gateway since it started.
struct gateway_stats {
  std::uint64_t sockets = 0;    ///< open now
  std::uint64_t websockets = 0; ///< of these
  std::uint64_t accepted = 0;
  std::uint64_t refused_sockets = 0; ///< beyond `sockets_max`
  std::uint64_t http_requests = 0;
  std::uint64_t frames_in = 0;
  std::uint64_t frames_out = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t bad_frames = 0;
  std::uint64_t unauthenticated = 0; ///< tokens that were refused
  std::uint64_t tokens_missing = 0;  ///< of these, because there was none
  std::uint64_t tokens_expired = 0;  ///< of these
  std::uint64_t foreign = 0;         ///< refused for their Origin or Host
  std::uint64_t lost_silent = 0;     ///< ended 4012
  std::uint64_t lost_stalled = 0;    ///< ended 4008
  std::uint64_t sockets_max = 0;     ///< the bound of `sockets`
  std::uint64_t log_lines_dropped = 0;
};

/// A broker's door to the network: JSON over WebSocket at `/v1/ws` and HTTP beside it, on
/// one port (spec §5). It has no rules of its own: each WebSocket has a connection actor,
/// each HTTP request asks the broker.
class gateway {
public:
  /// Listens from here on. Throws std::runtime_error, with a sentence for the operator,
  /// when it cannot: the address is taken or not loopback, a certificate cannot be read.
  gateway(broker& office, gateway_options how);

  /// Stops at once, if `stop` was not called.
  ~gateway();

  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;

  std::uint16_t port() const;

  /// Takes no more sockets; `/readyz` says 503. Call `broker::stop` behind it, then `stop`.
  void refuse_newcomers();

  /// Lets what waits be written, `close_timeout` long, and ends all threads.
  void stop();

  /// Lets a `stop`, under way or to come, wait for nobody; from any thread.
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
