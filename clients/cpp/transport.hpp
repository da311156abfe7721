#pragma once

#include "restante/messages/command.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/limits.hpp"

#include <chrono>
#include <cstdint>
#include <span>

namespace restante::remoting {

using steady_time = std::chrono::steady_clock::time_point;

/// How to attach at a broker in another process. Deliveries are always acknowledged by this side,
/// after the sink has taken them.
struct attach_options {
  attachment_kind how = attachment_kind::attached;
  client_address client;
  std::uint32_t inflight = inflight_max;
  duration resume_window{0};
  trace_id resume; ///< the token of the connection that was lost; zero: none
};

/// Whether to reconnect.
enum class reconnect_advice : std::uint8_t { reconnect, give_up };

/// Why a transport lost its broker or never reached it.
struct disconnect_reason {
  goodbye why{end_reason::lost, errc::none};
  failure detail{};
  reconnect_advice then = reconnect_advice::reconnect;
};

/// An operation to send; number 0: no outcome is expected.
struct outgoing {
  operation_number op = 0;
  const command* what = nullptr;
};

/// How much may be in progress at a broker at once.
struct transport_capacity {
  std::size_t operations = 0;
  std::size_t bytes = 0;
};

/// Carries a link's messages to a broker and back: a WebSocket or a CAF node. It belongs to one
/// thread or one actor. All calls except `notify` and `now` come from there, and it calls the link
/// from there. It does not know about retries.
class transport {
public:
  virtual ~transport() = default;

  /// From any thread: calls `link::woken` soon.
  virtual void notify() = 0;
  virtual steady_time now() const = 0;

  virtual transport_capacity capacity() const = 0;

  /// Connects to the broker. The result is a call of `link::attached` or `link::disconnected`.
  virtual void open(const attach_options& as) = 0;

  /// Only while attached. `what` is not used after the call.
  virtual void send(std::span<const outgoing> what) = 0;
  virtual void acknowledge(const trace_id& trace) = 0;

  /// The link has processed its oldest push, which had `bytes` bytes.
  virtual void done(std::size_t bytes) = 0;

  /// Says goodbye. `link::disconnected` follows, unless `retire` comes first.
  virtual void sign_off() = 0;

  /// Ends without a goodbye and calls nothing.
  virtual void cut() = 0;

  /// Calls `link::rang` at that time or earlier. A later call replaces the time.
  virtual void ring_at(steady_time at) = 0;

  /// The link has ended: neither object calls the other any more.
  virtual void retire() = 0;
};

} // namespace restante::remoting
