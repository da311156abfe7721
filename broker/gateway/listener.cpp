#include "restante/broker/gateway/listener.hpp"

#include "restante/broker/gateway/http_session.hpp"

#include <boost/asio/ip/address.hpp>

#include <utility>

namespace restante::gateway {

namespace {

/// How long new sockets wait when the process has no descriptor left.
constexpr std::chrono::milliseconds pause_time{100};

/// How many sockets beyond `sockets_max` still get a refusal; further sockets are closed without an
/// answer.
constexpr std::size_t polite_max = 64;

std::string text_of(const tcp::endpoint& at) {
  const auto address = at.address().to_string();
  const auto port = std::to_string(at.port());
  return at.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

} // namespace

listener::listener(std::shared_ptr<shared_state> in,
                   std::vector<std::shared_ptr<io_thread>> threads, const tcp::endpoint& at)
    : shared_{std::move(in)}, threads_{std::move(threads)}, acceptor_{threads_.front()->executor()},
      pause_{threads_.front()->context()} {
  error_code bad;
  acceptor_.open(at.protocol(), bad);
  if (!bad)
    acceptor_.set_option(net::socket_base::reuse_address{true}, bad);
  if (!bad)
    acceptor_.bind(at, bad);
  if (!bad)
    acceptor_.listen(net::socket_base::max_listen_connections, bad);
  if (bad)
    throw listen_error{"cannot listen on " + text_of(at) + ": " + bad.message(), bad};
  port_ = acceptor_.local_endpoint().port();
}

void listener::start() {
  net::post(acceptor_.get_executor(), [self = shared_from_this()] { self->accept(); });
}

void listener::stop() {
  net::post(acceptor_.get_executor(), [self = shared_from_this()] {
    error_code ignored;
    self->acceptor_.close(ignored);
    self->pause_.cancel();
  });
}

void listener::accept() {
  const auto& thread = threads_[next_++ % threads_.size()];
  acceptor_.async_accept(thread->context(), [self = shared_from_this(), this,
                                             thread](error_code error, tcp_socket socket) {
    if (error == net::error::operation_aborted || !acceptor_.is_open())
      return;
    if (error) {
      rest(error);
      return;
    }
    welcome(std::move(socket), thread);
    accept();
  });
}

void listener::welcome(tcp_socket socket, const std::shared_ptr<io_thread>& thread) {
  error_code gone;
  const auto remote = socket.remote_endpoint(gone);
  if (!gone)
    socket.non_blocking(true, gone);
  if (!gone)
    socket.set_option(tcp::no_delay{true}, gone);
  if (gone)
    return;
  shared_->count.accepted.fetch_add(1, std::memory_order_relaxed);
  auto manner = http_session::manner::welcoming;
  const auto open = shared_->count.sockets.load();
  const auto most = shared_->sockets_max.load();
  if (open >= most) {
    shared_->count.refused_sockets.fetch_add(1);
    shared_->log(severity::warning, "sockets_limit", {{"limit", most}});
    if (open >= most + polite_max)
      return;
    manner = http_session::manner::full;
  }
  shared_->count.sockets.fetch_add(1);
  auto session =
      std::make_shared<http_session>(shared_, thread, std::move(socket), text_of(remote), manner);
  thread->run([session] { session->start(); });
}

/// Out of descriptors or memory: open sockets continue, and new ones are accepted later.
void listener::rest(error_code why) {
  shared_->log(severity::warning, "accept_failed", {{"reason", why.message()}});
  pause_.expires_after(pause_time);
  pause_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled)
      self->accept();
  });
}

} // namespace restante::gateway
