#pragma once

#include "restante/broker/sockets/io_thread.hpp"
#include "restante/broker/sockets/socket_stream.hpp"
#include "restante/clients/cpp/broker_url.hpp"
#include "restante/clients/cpp/carrier.hpp"

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

/// One WebSocket of a client, from looking up the name to the close frame. Lives in one I/O
/// thread. Writing gathers; what was gathered goes when nothing more has come in for now.
class ws_call final : public std::enable_shared_from_this<ws_call>,
                      private sockets::flush_listener {
public:
  /// Whoever calls. Not called once it has hung up.
  class caller {
  public:
    virtual ~caller() = default;
    virtual void called() = 0; ///< it stands: the first frame may be written
    virtual void heard(std::string_view frame) = 0;
    virtual void broken(const parting& how) = 0;
  };

  ws_call(caller& by, sockets::io_thread& home, broker_url to,
          std::shared_ptr<net::ssl::context> tls);

  void dial();

  void write(std::string_view frame);

  /// Reads no more until told otherwise: what was read is not done with yet.
  void hold(bool is_held);

  /// Nothing comes from it any more. What was written is lost if it has not gone yet.
  void hang_up();

  /// The same, but what was written goes, and the broker gets `patience` to hang up first.
  void see_off(std::chrono::milliseconds patience);

  /// When something was heard last.
  sockets::steady_time heard_at() const { return heard_at_; }

  /// Since when the broker has taken no byte.
  std::optional<sockets::steady_time> stalled_since() const;

private:
  void connect(const tcp::resolver::results_type& places);
  void secure();
  void upgrade();
  void read();
  void on_read(error_code error);
  void flush_soon();
  void flush_when_quiet();
  void flush_now();
  void writable() override { flush_now(); }
  void fail(std::string_view doing, error_code error, advice then = advice::come_again);
  void hear_out();
  void end(parting how);
  parting parting_of_close() const;
  parting parting_of_refusal(error_code error) const;

  caller* by_;
  sockets::io_thread& home_;
  const broker_url to_;
  std::shared_ptr<net::ssl::context> tls_;
  tcp::resolver resolver_;
  sockets::tcp_socket socket_;
  std::shared_ptr<sockets::socket_stream> stream_;
  std::optional<websocket::stream<sockets::wire, false>> ws_;
  websocket::response_type answer_;
  beast::flat_buffer buffer_;
  sockets::steady_time heard_at_;
  std::size_t messages_ = 0;
  std::size_t messages_at_flush_ = 0;
  bool is_reading_ = false;
  bool is_held_ = false;
  bool is_flush_due_ = false;
  std::optional<net::steady_timer> patience_;
};

} // namespace restante::remoting
