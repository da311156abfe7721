#include "restante/clients/cpp/ws_socket.hpp"

#include "restante/broker/api/version.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

#include <utility>

namespace restante::remoting {

namespace {

/// The answer to a drain may contain 1,024 packs of 64 KiB, and JSON makes them longer.
constexpr std::size_t message_bytes_max = std::size_t{256} << 20;

/// How many bytes are gathered before a flush, even while more messages come in.
constexpr std::size_t gather_bytes = 64 * 1024;

/// How much memory stays reserved between messages.
constexpr std::size_t kept_bytes = 64 * 1024;

/// The error that an HTTP answer of a broker means.
failure refusal_of(unsigned status) {
  const auto said = "the broker answered HTTP " + std::to_string(status);
  switch (status) {
  case 401:
    return {errc::unauthenticated, said};
  case 403:
    return {errc::forbidden, said};
  default:
    return {errc::unreachable, said};
  }
}

} // namespace

ws_socket::ws_socket(handler& by, sockets::io_thread& thread, broker_url to,
                     std::shared_ptr<net::ssl::context> tls)
    : handler_{&by}, io_thread_{thread}, to_{std::move(to)}, tls_{std::move(tls)},
      resolver_{thread.context()}, socket_{thread.executor()},
      received_at_{std::chrono::steady_clock::now()} {}

// --- connecting --------------------------------------------------------------------------------

void ws_socket::dial() {
  resolver_.async_resolve(to_.host, std::to_string(to_.port),
                          [self = shared_from_this(), this](error_code error, auto endpoints) {
                            if (handler_ == nullptr)
                              return;
                            if (error)
                              fail("cannot find", error);
                            else
                              connect(endpoints);
                          });
}

void ws_socket::connect(const tcp::resolver::results_type& endpoints) {
  net::async_connect(socket_, endpoints,
                     [self = shared_from_this(), this](error_code error, const tcp::endpoint&) {
                       if (handler_ == nullptr)
                         return;
                       if (error)
                         return fail("cannot reach", error);
                       error_code ignored;
                       socket_.set_option(tcp::no_delay{true}, ignored);
                       socket_.non_blocking(true, ignored);
                       stream_ = std::make_shared<sockets::socket_stream>(std::move(socket_),
                                                                          io_thread_.buffers());
                       stream_->tell(this);
                       if (tls_)
                         secure();
                       else
                         upgrade();
                     });
}

void ws_socket::secure() {
  auto& tls = stream_->secure(tls_);
  if (SSL_set_tlsext_host_name(tls.native_handle(), to_.host.c_str()) != 1)
    return fail("cannot name", net::error::invalid_argument, reconnect_advice::give_up);
  tls.set_verify_callback(net::ssl::host_name_verification{to_.host});
  tls.async_handshake(net::ssl::stream_base::client, [self = shared_from_this(),
                                                      this](error_code error) {
    if (handler_ == nullptr)
      return;
    if (!error)
      return upgrade();
    // A certificate that is not trusted now will not be trusted a second later, so there is no
    // retry.
    const bool is_tls = error.category() == net::error::get_ssl_category();
    fail("cannot trust", error, is_tls ? reconnect_advice::give_up : reconnect_advice::reconnect);
  });
}

void ws_socket::upgrade() {
  ws_.emplace(sockets::gathering_stream{stream_});
  ws_->read_message_max(message_bytes_max);
  ws_->auto_fragment(false);
  ws_->text(true);
  ws_->control_callback([this](auto, auto) { received_at_ = std::chrono::steady_clock::now(); });
  ws_->set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
    request.set(sockets::http::field::user_agent, "restante/" + std::string{version});
  }));
  ws_->async_handshake(answer_, to_.authority(), to_.target,
                       [self = shared_from_this(), this](error_code error) {
                         if (handler_ == nullptr)
                           return;
                         if (error)
                           return end(reason_of_refusal(error));
                         received_at_ = std::chrono::steady_clock::now();
                         handler_->opened();
                         if (handler_ != nullptr)
                           hold(false);
                       });
}

disconnect_reason ws_socket::reason_of_refusal(error_code error) const {
  disconnect_reason how;
  how.why.reason = end_reason::refused;
  const auto status = static_cast<unsigned>(answer_.result_int());
  if (error != websocket::error::upgrade_declined) {
    how.why.reason = end_reason::lost;
    how.detail = {errc::unreachable,
                  "no WebSocket at " + to_.authority() + to_.target + ": " + error.message()};
    return how;
  }
  how.detail = refusal_of(status);
  // The broker is overloaded or stopping: a later attempt may succeed.
  how.then =
      status >= 500 || status == 429 ? reconnect_advice::reconnect : reconnect_advice::give_up;
  return how;
}

// --- reading -------------------------------------------------------------------------------------

void ws_socket::read() {
  is_reading_ = true;
  ws_->async_read(buffer_, [self = shared_from_this(), this](error_code error, std::size_t) {
    on_read(error);
  });
}

void ws_socket::on_read(error_code error) {
  if (handler_ == nullptr) {
    if (patience_ && error)
      patience_->cancel();
    else if (patience_)
      drop_messages();
    return;
  }
  received_at_ = std::chrono::steady_clock::now();
  if (error == websocket::error::closed)
    return end(reason_of_close());
  if (error)
    return fail("lost", error);
  ++messages_;
  const auto text = buffer_.cdata();
  handler_->received({static_cast<const char*>(text.data()), text.size()});
  buffer_.consume(buffer_.size());
  if (buffer_.capacity() > kept_bytes)
    buffer_ = {};
  is_reading_ = false; // reset after the callback, which may have ended a hold
  if (handler_ == nullptr && patience_)
    drop_messages();
  else if (handler_ != nullptr && !is_held_)
    read();
}

void ws_socket::hold(bool is_held) {
  is_held_ = is_held;
  if (!is_held_ && !is_reading_ && ws_ && handler_ != nullptr)
    read();
}

// --- writing -------------------------------------------------------------------------------------

void ws_socket::write(std::string_view frame) {
  if (!ws_)
    return;
  error_code closing; // on an error nothing more is sent
  ws_->write(net::buffer(frame), closing);
  flush_soon();
}

void ws_socket::flush_soon() {
  if (stream_->unflushed() >= gather_bytes) {
    flush_now();
  } else if (!std::exchange(is_flush_due_, true)) {
    messages_at_flush_ = messages_;
    net::post(io_thread_.context(), [self = shared_from_this(), this] { flush_when_quiet(); });
  }
}

/// While messages that were read together are still being handled, their replies are gathered.
void ws_socket::flush_when_quiet() {
  if (handler_ != nullptr && std::exchange(messages_at_flush_, messages_) != messages_ &&
      stream_->unflushed() < gather_bytes) {
    net::post(io_thread_.context(), [self = shared_from_this(), this] { flush_when_quiet(); });
    return;
  }
  is_flush_due_ = false;
  flush_now();
}

void ws_socket::flush_now() {
  // The result is not needed: if the flush fails, the read fails too.
  stream_->flush();
}

std::optional<sockets::steady_time> ws_socket::stalled_since() const {
  return stream_ ? stream_->stalled_since() : std::nullopt;
}

// --- the end -------------------------------------------------------------------------------------

disconnect_reason ws_socket::reason_of_close() const {
  const close_code code{ws_->reason().code};
  disconnect_reason how;
  how.then = should_reconnect(code) ? reconnect_advice::reconnect : reconnect_advice::give_up;
  how.why.reason = end_reason_of(code);
  how.detail = {errc::stale_connection, "closed by the broker: " + std::to_string(number_of(code)) +
                                            " " + std::string{ws_->reason().reason.c_str()}};
  return how;
}

void ws_socket::fail(std::string_view doing, error_code error, reconnect_advice then) {
  end({{end_reason::lost, errc::none},
       {errc::unreachable,
        std::string{doing} + " the broker at " + to_.authority() + ": " + error.message()},
       then});
}

void ws_socket::end(disconnect_reason how) {
  auto* const by = handler_;
  abort();
  if (by != nullptr)
    by->closed(how);
}

void ws_socket::abort() {
  handler_ = nullptr;
  resolver_.cancel();
  error_code ignored;
  socket_.close(ignored);
  if (stream_) {
    stream_->tell(nullptr);
    stream_->close();
  }
}

void ws_socket::close(std::chrono::milliseconds patience) {
  if (!ws_ || !ws_->is_open())
    return abort();
  handler_ = nullptr;
  stream_->tell(nullptr);
  stream_->flush();
  patience_.emplace(io_thread_.context(), patience);
  patience_->async_wait([self = shared_from_this(), this](error_code) { abort(); });
  if (!is_reading_)
    drop_messages();
}

/// Reads until the broker has closed. Closing earlier would cause a reset, which may destroy output
/// that the broker has not read yet.
void ws_socket::drop_messages() {
  is_reading_ = true;
  ws_->async_read(buffer_, [self = shared_from_this(), this](error_code error, std::size_t) {
    is_reading_ = false;
    buffer_.clear();
    if (error)
      patience_->cancel();
    else
      drop_messages();
  });
}

} // namespace restante::remoting
