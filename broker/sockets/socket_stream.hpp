#pragma once

#include "restante/broker/sockets/net.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace restante::sockets {

/// Buffers that the sessions of one I/O thread share: an idle socket holds none.
class buffer_pool {
public:
  std::string take();
  void give_back(std::string buffer);

private:
  std::vector<std::string> kept_;
};

/// Notified when a socket takes bytes again after it was full.
class flush_listener {
public:
  virtual ~flush_listener() = default;
  virtual void writable() = 0;
};

/// The result of a flush.
enum class flushed : std::uint8_t {
  all,    ///< the kernel has everything
  partly, ///< the listener is notified when there is more room
  failed, ///< the socket is broken
};

/// One socket, with or without TLS, used only from its I/O thread. Writes are gathered and never
/// wait; `flush` hands everything gathered to the kernel in one call, so a burst of frames costs
/// one system call and not one for each frame.
class socket_stream : public std::enable_shared_from_this<socket_stream> {
public:
  socket_stream(tcp_socket socket, buffer_pool& buffers);

  /// Adds TLS; the caller does the handshake.
  tls_stream& secure(std::shared_ptr<net::ssl::context> with);

  tcp_socket& socket() { return socket_; }
  tls_stream* tls() { return tls_ ? &*tls_ : nullptr; }
  bool is_secure() const { return tls_.has_value(); }

  /// Sets the listener that `writable` is called on; null: none.
  void tell(flush_listener* listener) { listener_ = listener; }

  template <class Buffers>
  std::size_t append(const Buffers& buffers) {
    if (has_said_last_)
      return net::buffer_size(buffers);
    if (pending_.capacity() < 64)
      pending_ = buffers_.take();
    const auto before = pending_.size();
    for (auto it = net::buffer_sequence_begin(buffers); it != net::buffer_sequence_end(buffers);
         ++it) {
      const net::const_buffer part{*it};
      pending_.append(static_cast<const char*>(part.data()), part.size());
    }
    return pending_.size() - before;
  }

  /// Appends the last bytes: everything appended later is dropped.
  void say_last(std::string_view bytes) {
    append(net::buffer(bytes));
    has_said_last_ = true;
  }

  flushed flush();

  /// Bytes that were gathered and that the kernel has not taken yet.
  std::size_t unflushed() const { return pending_.size() + flushing_.size() - flushed_; }

  /// The memory of the unflushed output, bytes. A buffer is freed when the kernel has taken all of
  /// it.
  std::size_t occupied() const {
    return (pending_.empty() ? 0 : pending_.capacity()) +
           (flushing_.empty() ? 0 : flushing_.capacity());
  }

  /// How many bytes the kernel has taken so far.
  std::uint64_t sent() const { return sent_; }

  /// Adds `n` marks behind the bytes gathered so far. Marks become due when the kernel has taken
  /// these bytes.
  void mark(std::size_t n) { pending_marks_ += n; }

  /// Returns the number of due marks and resets it.
  std::size_t take_marks() { return std::exchange(due_marks_, 0); }

  /// Since when the peer has taken none of the waiting output.
  std::optional<steady_time> stalled_since() const { return stalled_since_; }

  /// Closes immediately; gathered output is lost.
  void close();

  /// Tells the peer that nothing more will be written. The peer may still send.
  void shutdown_send();

  /// Reads and drops the remaining input, using the buffer `into`, which lives as long as `done`.
  /// Closing the socket earlier would cause a reset, which may destroy output that the peer has not
  /// read yet. `done` is called once, when the peer has closed or the socket is closed or broken.
  void read_until_close(net::mutable_buffer into, std::function<void()> done);

private:
  flushed write_plain();
  flushed write_secure();
  void buffer_done();
  void on_written(error_code error, std::size_t bytes);
  void wait_writable();

  tcp_socket socket_;
  std::shared_ptr<net::ssl::context> tls_context_;
  std::optional<tls_stream> tls_;
  buffer_pool& buffers_;
  flush_listener* listener_ = nullptr;

  std::string pending_;  ///< gathered
  std::string flushing_; ///< being written: must not move until then
  std::size_t flushed_ = 0;
  std::uint64_t sent_ = 0;
  bool is_waiting_ = false; ///< the kernel's buffer is full
  bool has_failed_ = false;
  bool has_said_last_ = false;
  std::size_t pending_marks_ = 0;
  std::size_t flushing_marks_ = 0;
  std::size_t due_marks_ = 0;
  std::optional<steady_time> stalled_since_;
};

/// Adapts a socket_stream to what Beast expects: reads go to the socket, writes are gathered.
class gathering_stream {
public:
  using executor_type = io_executor;

  explicit gathering_stream(std::shared_ptr<socket_stream> at) : at_{std::move(at)} {}

  executor_type get_executor() { return at_->socket().get_executor(); }
  socket_stream& stream() { return *at_; }
  const std::shared_ptr<socket_stream>& shared() { return at_; }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    if (auto* tls = at_->tls())
      return tls->async_read_some(buffers, std::forward<Handler>(handler));
    return at_->socket().async_read_some(buffers, std::forward<Handler>(handler));
  }

  /// Beast writes its own frames, pongs and closes, through this function: they are gathered and
  /// flushed.
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return net::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto&& done, const Buffers& what) {
          const auto bytes = at_->append(what);
          const bool failed = at_->flush() == flushed::failed;
          const auto error = failed ? error_code{net::error::broken_pipe} : error_code{};
          net::post(get_executor(), beast::bind_front_handler(std::forward<decltype(done)>(done),
                                                              error, failed ? 0 : bytes));
        },
        handler, buffers);
  }

  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, error_code& error) {
    error = {};
    return at_->append(buffers);
  }

  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    return at_->append(buffers);
  }

  /// Beast requires this function, but nothing here reads without a handler.
  template <class Buffers>
  std::size_t read_some(const Buffers&, error_code& error) {
    error = net::error::operation_not_supported;
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers&) {
    throw boost::system::system_error{net::error::operation_not_supported};
  }

private:
  std::shared_ptr<socket_stream> at_;
};

/// Beast calls this when a WebSocket has closed. It is found by argument-dependent lookup.
inline void teardown(beast::role_type, gathering_stream& at, error_code& error) {
  at.stream().shutdown_send();
  error = {};
}

template <class Handler>
void async_teardown(beast::role_type, gathering_stream& at, Handler&& handler) {
  at.stream().shutdown_send();
  net::post(at.get_executor(),
            beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}

inline void beast_close_socket(gathering_stream& at) {
  at.stream().close();
}

} // namespace restante::sockets
