#pragma once

#include "restante/messages/command.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/limits.hpp"

#include <chrono>
#include <cstdint>
#include <span>

namespace restante::remoting {

using steady_time = std::chrono::steady_clock::time_point;

/// How to attach at a broker in another process. Deliveries are always acknowledged from here, when
/// the sink has taken them.
struct attach_options {
  attachment_kind how = attachment_kind::attached;
  client_address client;
  std::uint32_t inflight = inflight_max;
  duration resume_window{0};
  trace_id resume; ///< the token of the connection that was lost; zero: none
};

/// Whether to reconnect.
enum class reconnect_advice : std::uint8_t { reconnect, give_up };

/// How a transport lost its broker, or why it never reached it.
struct disconnect_reason {
  goodbye why{end_reason::lost, errc::none};
  failure detail{};
  reconnect_advice then = reconnect_advice::reconnect;
};

/// An operation on its way out; 0: nobody waits for its outcome.
struct outgoing {
  operation_number op = 0;
  const command* what = nullptr;
};

/// How much may be under way to a broker at once.
struct transport_capacity {
  std::size_t operations = 0;
  std::size_t bytes = 0;
};

/// Carries a link's messages to a broker and back: a WebSocket, a CAF node. It belongs to one
/// thread or one actor, where all calls come but `notify` and `now`, and from where it calls the
/// link. Knows nothing of retries.
class transport {
public:
  virtual ~transport() = default;

  /// From any thread: calls `link::woken` soon.
  virtual void notify() = 0;
  virtual steady_time now() const = 0;

  virtual transport_capacity capacity() const = 0;

  /// Looks for the broker. Ends in `link::attached` or `link::disconnected`.
  virtual void open(const attach_options& as) = 0;

  /// Only while attached. Nothing of `what` is used after the call.
  virtual void send(std::span<const outgoing> what) = 0;
  virtual void acknowledge(const trace_id& trace) = 0;

  /// The link has processed its oldest push, of that many bytes.
  virtual void done(std::size_t bytes) = 0;

  /// Says goodbye; ends in `link::disconnected`, unless it is retired before.
  virtual void sign_off() = 0;

  /// Ends without a goodbye and calls nothing.
  virtual void cut() = 0;

  /// Calls `link::rang` then, or earlier. A later one replaces it.
  virtual void ring_at(steady_time at) = 0;

  /// The link has ended: neither calls the other any more.
  virtual void retire() = 0;
};

} // namespace restante::remoting
