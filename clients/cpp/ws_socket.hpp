#pragma once

#include "restante/broker/sockets/io_thread.hpp"
#include "restante/broker/sockets/socket_stream.hpp"
#include "restante/clients/cpp/broker_url.hpp"
#include "restante/clients/cpp/transport.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace restante::remoting {

namespace net = sockets::net;
namespace beast = sockets::beast;
namespace websocket = sockets::websocket;
using sockets::error_code;
using sockets::tcp;

/// One WebSocket of a client, from resolving the name to the close frame. It belongs to one I/O
/// thread. Writes are gathered, and flushed when no more input is waiting.
class ws_socket final : public std::enable_shared_from_this<ws_socket>,
                        private sockets::flush_listener {
public:
  /// The callbacks of the owner. Not called after `abort`.
  class handler {
  public:
    virtual ~handler() = default;
    virtual void opened() = 0; ///< the first frame may be written
    virtual void received(std::string_view frame) = 0;
    virtual void closed(const disconnect_reason& how) = 0;
  };

  ws_socket(handler& by, sockets::io_thread& thread, broker_url to,
            std::shared_ptr<net::ssl::context> tls);

  void dial();

  void write(std::string_view frame);

  /// Stops or resumes reading. Reading stops while earlier input is not processed yet.
  void hold(bool is_held);

  /// Ends the socket immediately and without a callback. Unsent output is lost.
  void abort();

  /// Ends the socket without a callback, but sends the waiting output, and gives the broker
  /// `patience` to close first.
  void close(std::chrono::milliseconds patience);

  /// When the last input was received.
  sockets::steady_time received_at() const { return received_at_; }

  /// Since when the broker has taken no byte of the waiting output.
  std::optional<sockets::steady_time> stalled_since() const;

private:
  void connect(const tcp::resolver::results_type& endpoints);
  void secure();
  void upgrade();
  void read();
  void on_read(error_code error);
  void flush_soon();
  void flush_when_quiet();
  void flush_now();
  void writable() override { flush_now(); }
  void fail(std::string_view doing, error_code error,
            reconnect_advice then = reconnect_advice::reconnect);
  void drop_messages();
  void end(disconnect_reason how);
  disconnect_reason reason_of_close() const;
  disconnect_reason reason_of_refusal(error_code error) const;

  handler* handler_;
  sockets::io_thread& io_thread_;
  const broker_url to_;
  std::shared_ptr<net::ssl::context> tls_;
  tcp::resolver resolver_;
  sockets::tcp_socket socket_;
  std::shared_ptr<sockets::socket_stream> stream_;
  std::optional<websocket::stream<sockets::gathering_stream, false>> ws_;
  websocket::response_type answer_;
  beast::flat_buffer buffer_;
  sockets::steady_time received_at_;
  std::size_t messages_ = 0;
  std::size_t messages_at_flush_ = 0;
  bool is_reading_ = false;
  bool is_held_ = false;
  bool is_flush_due_ = false;
  std::optional<net::steady_timer> patience_;
};

} // namespace restante::remoting
