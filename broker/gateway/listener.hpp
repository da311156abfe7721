#pragma once

#include "restante/broker/gateway/hall.hpp"
#include "restante/broker/sockets/io_thread.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <vector>

namespace restante::gateway {

/// Takes sockets and hands each to the next I/O thread. Lives in the first of them.
class listener : public std::enable_shared_from_this<listener> {
public:
  /// Throws std::runtime_error when it cannot listen there.
  listener(std::shared_ptr<hall> in, std::vector<std::shared_ptr<io_thread>> threads,
           const tcp::endpoint& at);

  std::uint16_t port() const { return port_; }
  void start();
  void stop();

private:
  void accept();
  void welcome(tcp_socket socket, const std::shared_ptr<io_thread>& home);
  void rest(error_code why);

  std::shared_ptr<hall> hall_;
  std::vector<std::shared_ptr<io_thread>> threads_;
  net::basic_socket_acceptor<tcp, io_executor> acceptor_;
  net::steady_timer pause_;
  std::uint16_t port_ = 0;
  std::size_t next_ = 0;
};

} // namespace restante::gateway
