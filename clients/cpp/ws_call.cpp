#include "restante/clients/cpp/ws_call.hpp"

#include "restante/broker/api/version.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

#include <utility>

namespace restante::remoting {

namespace {

/// A drained queue may be 1,024 packs of 64 KiB in one answer, and JSON makes them longer.
constexpr std::size_t message_bytes_max = std::size_t{256} << 20;

/// How much is gathered before it must go, quiet or not.
constexpr std::size_t gather_bytes = 64 * 1024;

/// What stays reserved between messages.
constexpr std::size_t kept_bytes = 64 * 1024;

/// The error a broker's HTTP answer stands for.
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

ws_call::ws_call(caller& by, sockets::io_thread& home, broker_url to,
                 std::shared_ptr<net::ssl::context> tls)
    : by_{&by}, home_{home}, to_{std::move(to)}, tls_{std::move(tls)}, resolver_{home.context()},
      socket_{home.executor()}, heard_at_{std::chrono::steady_clock::now()} {}

// --- the way there -----------------------------------------------------------------------------

void ws_call::dial() {
  resolver_.async_resolve(to_.host, std::to_string(to_.port),
                          [self = shared_from_this(), this](error_code error, auto places) {
                            if (by_ == nullptr)
                              return;
                            if (error)
                              fail("cannot find", error);
                            else
                              connect(places);
                          });
}

void ws_call::connect(const tcp::resolver::results_type& places) {
  net::async_connect(
      socket_, places, [self = shared_from_this(), this](error_code error, const tcp::endpoint&) {
        if (by_ == nullptr)
          return;
        if (error)
          return fail("cannot reach", error);
        error_code ignored;
        socket_.set_option(tcp::no_delay{true}, ignored);
        socket_.non_blocking(true, ignored);
        stream_ = std::make_shared<sockets::socket_stream>(std::move(socket_), home_.spare());
        stream_->tell(this);
        if (tls_)
          secure();
        else
          upgrade();
      });
}

void ws_call::secure() {
  auto& tls = stream_->secure(tls_);
  if (SSL_set_tlsext_host_name(tls.native_handle(), to_.host.c_str()) != 1)
    return fail("cannot name", net::error::invalid_argument, advice::stay_away);
  tls.set_verify_callback(net::ssl::host_name_verification{to_.host});
  tls.async_handshake(
      net::ssl::stream_base::client, [self = shared_from_this(), this](error_code error) {
        if (by_ == nullptr)
          return;
        if (!error)
          return upgrade();
        // A certificate that does not convince will not do so in a second.
        const bool is_tls = error.category() == net::error::get_ssl_category();
        fail("cannot trust", error, is_tls ? advice::stay_away : advice::come_again);
      });
}

void ws_call::upgrade() {
  ws_.emplace(sockets::wire{stream_});
  ws_->read_message_max(message_bytes_max);
  ws_->auto_fragment(false);
  ws_->text(true);
  ws_->control_callback([this](auto, auto) { heard_at_ = std::chrono::steady_clock::now(); });
  ws_->set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
    request.set(sockets::http::field::user_agent, "restante/" + std::string{version});
  }));
  ws_->async_handshake(answer_, to_.authority(), to_.target,
                       [self = shared_from_this(), this](error_code error) {
                         if (by_ == nullptr)
                           return;
                         if (error)
                           return end(parting_of_refusal(error));
                         heard_at_ = std::chrono::steady_clock::now();
                         by_->called();
                         if (by_ != nullptr)
                           hold(false);
                       });
}

parting ws_call::parting_of_refusal(error_code error) const {
  parting how;
  how.why.reason = end_reason::refused;
  const auto status = static_cast<unsigned>(answer_.result_int());
  if (error != websocket::error::upgrade_declined) {
    how.why.reason = end_reason::lost;
    how.detail = {errc::unreachable,
                  "no WebSocket at " + to_.authority() + to_.target + ": " + error.message()};
    return how;
  }
  how.detail = refusal_of(status);
  // Too busy, or stopping: that passes.
  how.then = status >= 500 || status == 429 ? advice::come_again : advice::stay_away;
  return how;
}

// --- in ------------------------------------------------------------------------------------------

void ws_call::read() {
  is_reading_ = true;
  ws_->async_read(buffer_, [self = shared_from_this(), this](error_code error, std::size_t) {
    on_read(error);
  });
}

void ws_call::on_read(error_code error) {
  if (by_ == nullptr) {
    if (patience_ && error)
      patience_->cancel();
    else if (patience_)
      hear_out();
    return;
  }
  heard_at_ = std::chrono::steady_clock::now();
  if (error == websocket::error::closed)
    return end(parting_of_close());
  if (error)
    return fail("lost", error);
  ++messages_;
  const auto text = buffer_.cdata();
  by_->heard({static_cast<const char*>(text.data()), text.size()});
  buffer_.consume(buffer_.size());
  if (buffer_.capacity() > kept_bytes)
    buffer_ = {};
  is_reading_ = false; // from here on: what is heard may have ended a hold
  if (by_ == nullptr && patience_)
    hear_out();
  else if (by_ != nullptr && !is_held_)
    read();
}

void ws_call::hold(bool is_held) {
  is_held_ = is_held;
  if (!is_held_ && !is_reading_ && ws_ && by_ != nullptr)
    read();
}

// --- out -----------------------------------------------------------------------------------------

void ws_call::write(std::string_view frame) {
  if (!ws_)
    return;
  error_code closing; // then nothing more is to be said
  ws_->write(net::buffer(frame), closing);
  flush_soon();
}

void ws_call::flush_soon() {
  if (stream_->unflushed() >= gather_bytes) {
    flush_now();
  } else if (!std::exchange(is_flush_due_, true)) {
    messages_at_flush_ = messages_;
    net::post(home_.context(), [self = shared_from_this(), this] { flush_when_quiet(); });
  }
}

/// While messages that were read together are still handed on, what answers them is gathered.
void ws_call::flush_when_quiet() {
  if (by_ != nullptr && std::exchange(messages_at_flush_, messages_) != messages_ &&
      stream_->unflushed() < gather_bytes) {
    net::post(home_.context(), [self = shared_from_this(), this] { flush_when_quiet(); });
    return;
  }
  is_flush_due_ = false;
  flush_now();
}

void ws_call::flush_now() {
  // When it fails, so does the read.
  stream_->flush();
}

std::optional<sockets::steady_time> ws_call::stalled_since() const {
  return stream_ ? stream_->stalled_since() : std::nullopt;
}

// --- the end -------------------------------------------------------------------------------------

parting ws_call::parting_of_close() const {
  const auto code = ws_->reason().code;
  parting how;
  how.then = code == 1006 || code == 1001 || code == 1011 || code == 1012 || code == 1013 ||
                     should_reconnect(code)
                 ? advice::come_again
                 : advice::stay_away;
  how.why.reason = code == 1000   ? end_reason::left
                   : code == 4001 ? end_reason::shutdown
                   : code == 4503 ? end_reason::taken_over
                   : code >= 4500 ? end_reason::refused
                                  : end_reason::lost;
  how.detail = {errc::stale_connection, "closed by the broker: " + std::to_string(code) + " " +
                                            std::string{ws_->reason().reason.c_str()}};
  return how;
}

void ws_call::fail(std::string_view doing, error_code error, advice then) {
  end({{end_reason::lost, errc::none},
       {errc::unreachable,
        std::string{doing} + " the broker at " + to_.authority() + ": " + error.message()},
       then});
}

void ws_call::end(parting how) {
  auto* const by = by_;
  hang_up();
  if (by != nullptr)
    by->broken(how);
}

void ws_call::hang_up() {
  by_ = nullptr;
  resolver_.cancel();
  error_code ignored;
  socket_.close(ignored);
  if (stream_) {
    stream_->tell(nullptr);
    stream_->close();
  }
}

void ws_call::see_off(std::chrono::milliseconds patience) {
  if (!ws_ || !ws_->is_open())
    return hang_up();
  by_ = nullptr;
  stream_->tell(nullptr);
  stream_->flush();
  patience_.emplace(home_.context(), patience);
  patience_->async_wait([self = shared_from_this(), this](error_code) { hang_up(); });
  if (!is_reading_)
    hear_out();
}

/// To close with something unread would be a reset, and may undo what the broker has not read.
void ws_call::hear_out() {
  is_reading_ = true;
  ws_->async_read(buffer_, [self = shared_from_this(), this](error_code error, std::size_t) {
    is_reading_ = false;
    buffer_.clear();
    if (error)
      patience_->cancel();
    else
      hear_out();
  });
}

} // namespace restante::remoting
