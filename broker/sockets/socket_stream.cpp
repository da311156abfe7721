#include "restante/broker/sockets/socket_stream.hpp"

#include <boost/asio/write.hpp>

namespace restante::sockets {

namespace {

/// Enough for a burst of frames. More buffers are needed only while many sockets are busy at once.
constexpr std::size_t spare_count_max = 64;
constexpr std::size_t spare_bytes_max = 128 * 1024;
constexpr std::size_t fresh_bytes = 2 * 1024;

} // namespace

std::string buffer_pool::take() {
  if (kept_.empty()) {
    std::string fresh;
    fresh.reserve(fresh_bytes);
    return fresh;
  }
  auto one = std::move(kept_.back());
  kept_.pop_back();
  return one;
}

void buffer_pool::give_back(std::string buffer) {
  if (kept_.size() >= spare_count_max || buffer.capacity() > spare_bytes_max)
    return;
  buffer.clear();
  kept_.push_back(std::move(buffer));
}

socket_stream::socket_stream(tcp_socket socket, buffer_pool& buffers)
    : socket_{std::move(socket)}, buffers_{buffers} {}

tls_stream& socket_stream::secure(std::shared_ptr<net::ssl::context> with) {
  tls_context_ = std::move(with);
  return tls_.emplace(socket_, *tls_context_);
}

flushed socket_stream::flush() {
  while (!has_failed_ && !is_waiting_) {
    if (flushing_.empty()) {
      if (pending_.empty())
        return flushed::all;
      flushing_.swap(pending_);
      flushing_marks_ = std::exchange(pending_marks_, 0);
    }
    const auto how = tls_ ? write_secure() : write_plain();
    if (how != flushed::all)
      return how;
  }
  return has_failed_ ? flushed::failed : flushed::partly;
}

flushed socket_stream::write_plain() {
  error_code error;
  const auto n = socket_.write_some(net::buffer(flushing_) + flushed_, error);
  flushed_ += n;
  sent_ += n;
  if (flushed_ == flushing_.size()) {
    buffer_done();
    return flushed::all;
  }
  if (error && error != net::error::would_block && error != net::error::try_again) {
    has_failed_ = true;
    return flushed::failed;
  }
  wait_writable();
  return flushed::partly;
}

void socket_stream::wait_writable() {
  is_waiting_ = true;
  if (!stalled_since_)
    stalled_since_ = std::chrono::steady_clock::now();
  socket_.async_wait(tcp_socket::wait_write, [self = shared_from_this()](error_code error) {
    self->is_waiting_ = false;
    if (error)
      self->has_failed_ = true;
    else
      self->stalled_since_ = std::nullopt;
    if (self->listener_ != nullptr)
      self->listener_->writable();
  });
}

/// OpenSSL requires the same buffer until it has taken all of it, so this buffer stays until the
/// handler runs.
flushed socket_stream::write_secure() {
  is_waiting_ = true;
  if (!stalled_since_)
    stalled_since_ = std::chrono::steady_clock::now();
  tls_->async_write_some(net::buffer(flushing_) + flushed_,
                         [self = shared_from_this()](error_code error, std::size_t bytes) {
                           self->on_written(error, bytes);
                         });
  return flushed::partly;
}

void socket_stream::on_written(error_code error, std::size_t bytes) {
  is_waiting_ = false;
  stalled_since_ = std::nullopt;
  flushed_ += bytes;
  sent_ += bytes;
  if (flushed_ == flushing_.size())
    buffer_done();
  if (error)
    has_failed_ = true;
  if (listener_ != nullptr)
    listener_->writable();
  else
    flush();
}

void socket_stream::buffer_done() {
  due_marks_ += std::exchange(flushing_marks_, 0);
  flushed_ = 0;
  stalled_since_ = std::nullopt;
  buffers_.give_back(std::exchange(flushing_, {}));
}

void socket_stream::close() {
  has_failed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

void socket_stream::shutdown_send() {
  flush();
  error_code ignored;
  if (!tls_ && unflushed() == 0)
    socket_.shutdown(tcp_socket::shutdown_send, ignored);
}

void socket_stream::read_until_close(net::mutable_buffer into, std::function<void()> done) {
  socket_.async_read_some(into, [self = shared_from_this(), into,
                                 done = std::move(done)](error_code error, std::size_t) mutable {
    if (error)
      done();
    else
      self->read_until_close(into, std::move(done));
  });
}

} // namespace restante::sockets
