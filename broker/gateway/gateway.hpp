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

/// The options of a gateway. Everything that waits or grows has a bound here.
struct gateway_options {
  std::string address = "127.0.0.1"; ///< an IP address, or `localhost`: 127.0.0.1 and ::1
  std::uint16_t port = 7467;         ///< 0: any free port; see `gateway::port`
  std::size_t io_threads = 1;        ///< 1 to 64

  /// The maximum of open sockets, HTTP included. Further sockets get `too_many_connections` and are
  /// closed. The bound on connected clients is the broker's `limits::connections`.
  std::size_t sockets_max = 50'000;

  /// Identifies the bearers of tokens. Null: clients name themselves without proof. Then `address`
  /// must be a loopback address unless `insecure` (spec W7).
  std::shared_ptr<const authenticator> tokens{};
  bool insecure = false;

  /// PEM files: both or none. `reload_tls` reads them again.
  std::string tls_cert{};
  std::string tls_key{};

  /// Allowed in addition to the gateway's own origin: `https://app.example`, or `app.example`, with
  /// or without a port. `*` allows every origin.
  std::vector<std::string> allowed_origins{};
  std::vector<std::string> allowed_hosts{};

  /// A connection that is silent for two and a half intervals is lost (spec C3).
  std::chrono::milliseconds ping_interval{10'000};

  /// The time from the accept of a socket to its `connect`, or to the end of an HTTP request.
  std::chrono::milliseconds handshake_timeout{10'000};

  /// The longest time of an HTTP connection between requests. It is longer than the time for which
  /// proxies keep an idle connection (60 s with nginx and the load balancers of the clouds). With a
  /// shorter time, proxies occasionally send a request into a socket that the gateway is closing,
  /// and their client gets a 502.
  std::chrono::milliseconds idle_timeout{75'000};

  /// A socket that accepts no byte of its waiting output for this long is closed, 4008 (spec W6).
  std::chrono::milliseconds write_timeout{30'000};

  /// How long a closing socket may take to accept its last bytes.
  std::chrono::milliseconds close_timeout{2'000};

  std::shared_ptr<event_log> log{}; ///< null: no log
};

/// The counters of the gateway (see counts.hpp).
template <class Number>
struct gateway_counts {
  Number sockets{0};         ///< open now
  Number websockets{0};      ///< how many of `sockets`
  Number accepted{0};        ///< since the start, like all the following ones
  Number refused_sockets{0}; ///< beyond `sockets_max`
  Number http_requests{0};
  Number frames_in{0};
  Number frames_out{0};
  Number bytes_in{0};
  Number bytes_out{0};
  Number bad_frames{0};
  Number unauthenticated{0}; ///< refused tokens
  Number tokens_missing{0};  ///< how many of `unauthenticated` had no token
  Number tokens_expired{0};  ///< how many of `unauthenticated`
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

/// The traffic of the gateway since it started.
struct gateway_stats : gateway_counts<std::uint64_t> {
  std::uint64_t sockets_max = 0; ///< the bound of `sockets`
  std::uint64_t log_lines_dropped = 0;
};

/// A broker's network interface: JSON over WebSocket at `/v1/ws`, and HTTP, on one port (spec §5).
/// It has no rules of its own: each WebSocket has a connection actor, and each HTTP request becomes
/// a question to the broker.
class gateway {
public:
  /// Listens as soon as it is constructed. Throws std::runtime_error, with a sentence for the
  /// operator, when it cannot: the address is in use or not loopback, or a certificate cannot be
  /// read.
  gateway(broker& broker, gateway_options how);

  /// Stops immediately if `stop` was not called.
  ~gateway();

  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;

  std::uint16_t port() const;

  /// Accepts no more sockets; `/readyz` answers 503. Call `broker::stop` next, then `stop`.
  void refuse_newcomers();

  /// Writes the waiting output for up to `close_timeout`, and ends all threads.
  void stop();

  /// Makes a current or later `stop` wait for nothing. Safe from any thread.
  void hurry();

  /// Applies the options of `how` that can change while the gateway runs: `allowed_origins`,
  /// `allowed_hosts` and `sockets_max`, for later requests and sockets.
  void take(const gateway_options& how);

  /// Reads certificate and key from these files, or from the files given at the start, for later
  /// sockets. Answers what is wrong with them, if anything; then the old ones stay in use. Does
  /// nothing without TLS.
  std::optional<std::string> reload_tls(const std::string& cert, const std::string& key);
  std::optional<std::string> reload_tls();

  gateway_stats stats() const;

private:
  class state;
  std::unique_ptr<state> state_;
};

} // namespace restante::gateway
