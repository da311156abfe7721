#pragma once

#include "restante/broker/gateway/shared_state.hpp"
#include "restante/broker/sockets/io_thread.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace restante::gateway {

/// The address cannot be used for listening; the message is a sentence for the operator.
class listen_error : public std::runtime_error {
public:
  listen_error(const std::string& what, error_code why) : std::runtime_error{what}, why_{why} {}

  error_code why() const { return why_; }

private:
  error_code why_;
};

/// Accepts sockets and gives each to the next I/O thread. Runs in the first I/O thread.
class listener : public std::enable_shared_from_this<listener> {
public:
  /// Throws listen_error when the address cannot be used.
  listener(std::shared_ptr<shared_state> in, std::vector<std::shared_ptr<io_thread>> threads,
           const tcp::endpoint& at);

  std::uint16_t port() const { return port_; }
  void start();
  void stop();

private:
  void accept();
  void welcome(tcp_socket socket, const std::shared_ptr<io_thread>& thread);
  void rest(error_code why);

  std::shared_ptr<shared_state> shared_;
  std::vector<std::shared_ptr<io_thread>> threads_;
  net::basic_socket_acceptor<tcp, io_executor> acceptor_;
  net::steady_timer pause_;
  std::uint16_t port_ = 0;
  std::size_t next_ = 0;
};

/// Listens where the options say. For `localhost` these are 127.0.0.1 and ::1 on one port, if the
/// machine has both. Throws std::runtime_error, with a sentence for the operator.
std::vector<std::shared_ptr<listener>>
listen_at(const std::shared_ptr<shared_state>& in,
          const std::vector<std::shared_ptr<io_thread>>& threads);

} // namespace restante::gateway
