#pragma once

#include "restante/clients/cpp/link.hpp"
#include "restante/clients/cpp/ws_socket.hpp"
#include "restante/messages/json/decode_frames.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>

namespace restante::remoting {

/// The state that all WebSockets of one `remote` share.
struct ws_shared_state {
  std::shared_ptr<const remote_options> how;
  broker_url to;
  std::shared_ptr<net::ssl::context> tls; ///< null: no TLS
};

/// Carries a link over a series of WebSockets: JSON on the wire, explicit acks. The library answers
/// pings; this class notices silence (spec C3).
class ws_transport final : public transport, public sockets::io_handler, public ws_socket::handler {
public:
  ws_transport(std::shared_ptr<const ws_shared_state> of,
               std::shared_ptr<sockets::io_thread> thread, std::shared_ptr<link> whose);

  /// From any thread.
  void begin();

  // transport
  void notify() override { io_thread_->announce(shared_from_this()); }
  steady_time now() const override { return std::chrono::steady_clock::now(); }
  transport_capacity capacity() const override;
  void open(const attach_options& as) override;
  void send(std::span<const outgoing> what) override;
  void acknowledge(const trace_id& trace) override;
  void done(std::size_t bytes) override;
  void sign_off() override;
  void cut() override;
  void ring_at(steady_time at) override;
  void retire() override;

  // io_handler
  void wake() override {
    if (whose_)
      whose_->woken();
  }
  void check(steady_time now) override;
  void leave() override {
    if (whose_)
      whose_->depart(departure::left);
  }
  void drop() override {
    if (whose_)
      whose_->abandon();
  }

private:
  void opened() override;
  void received(std::string_view frame) override;
  void closed(const disconnect_reason& how) override;

  void on(json::decoded_reply& what);
  void on(json::decoded_goodbye& what);
  void on(json::unknown_frame&) {}
  template <class Push>
  requires(std::is_constructible_v<push, Push>) void on(Push& what);
  void connected(const json::decoded_reply& what);
  void refused_without_id(const json::decoded_reply& what);
  outcome<std::string> current_token() const;
  bool may_be_the_token(errc code) const;
  void lose(std::string_view why);

  std::shared_ptr<const ws_shared_state> of_;
  std::shared_ptr<sockets::io_thread> io_thread_;
  std::shared_ptr<link> whose_;
  std::shared_ptr<ws_socket> socket_;
  net::steady_timer alarm_;
  attach_options as_;
  std::string ns_;
  std::optional<disconnect_reason> goodbye_; ///< from a frame before the close frame
  duration ping_{0};
  steady_time opened_at_;
  steady_time leaving_since_;
  bool is_attached_ = false;
  bool is_leaving_ = false;
  std::uint64_t undone_bytes_ = 0; ///< size of the pushes that the link has not processed
};

} // namespace restante::remoting
