#include "restante/tests/remote/proxy.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace restante::testing {

namespace {

/// How long one poll of the sockets waits. A command of the test takes effect within this time.
constexpr int look_ms = 2;

/// The bytes that may wait for one side before the proxy stops reading the other side.
constexpr std::size_t waiting_most = std::size_t{256} * 1024;

sockaddr_in local(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

void prepare(int fd) {
  const int yes = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

int dial(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto at = local(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
    ::close(fd);
    return -1;
  }
  prepare(fd);
  return fd;
}

int listen_anywhere(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  auto at = local(0);
  socklen_t size = sizeof at;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || ::listen(fd, 64) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    throw std::runtime_error{"no port to listen on"};
  port = ntohs(at.sin_port);
  return fd;
}

void hang_up(int& fd) {
  if (fd >= 0)
    ::close(std::exchange(fd, -1));
}

/// Closes with a reset.
void slam(int& fd) {
  const linger hard{1, 0};
  if (fd >= 0)
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  hang_up(fd);
}

} // namespace

proxy::proxy(std::uint16_t to) : to_{to}, listening_{listen_anywhere(port_)} {
  thread_ = std::thread{[this] { run(); }};
}

proxy::~proxy() {
  is_over_.store(true);
  thread_.join();
  for (auto& one : pairs_)
    drop(one);
  ::close(listening_);
}

void proxy::cut() {
  const std::lock_guard lock{mutex_};
  for (auto& one : pairs_)
    drop(one);
  pairs_.clear();
}

void proxy::set(holding what) {
  const std::lock_guard lock{mutex_};
  held_ = what;
}

void proxy::half_close() {
  const std::lock_guard lock{mutex_};
  for (auto& one : pairs_)
    ::shutdown(one.client.fd, SHUT_WR);
}

void proxy::say(const std::string& bytes) {
  const std::lock_guard lock{mutex_};
  for (auto& one : pairs_)
    one.client.waiting += bytes;
}

void proxy::answer_with(std::string bytes) {
  const std::lock_guard lock{mutex_};
  greeting_ = std::move(bytes);
}

std::size_t proxy::lines() {
  const std::lock_guard lock{mutex_};
  return pairs_.size();
}

void proxy::drop(pair& one) {
  slam(one.client.fd);
  slam(one.broker.fd);
}

void proxy::run() {
  while (!is_over_.load()) {
    std::vector<pollfd> all{{listening_, POLLIN, 0}};
    {
      const std::lock_guard lock{mutex_};
      if (held_ == holding::nothing) {
        for (const auto& one : pairs_) {
          all.push_back({one.client.fd, POLLIN, 0});
          all.push_back({one.broker.fd, POLLIN, 0});
        }
      }
    }
    ::poll(all.data(), all.size(), look_ms);
    const std::lock_guard lock{mutex_};
    accept();
    for (auto one = pairs_.begin(); one != pairs_.end();) {
      if (serve(*one)) {
        ++one;
      } else {
        hang_up(one->client.fd);
        hang_up(one->broker.fd);
        one = pairs_.erase(one);
      }
    }
  }
}

void proxy::accept() {
  const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0)
    return;
  prepare(fd);
  calls_.fetch_add(1);
  pair made;
  made.client.fd = fd;
  made.broker.fd = to_ != 0 ? dial(to_) : -1;
  pairs_.push_back(std::move(made));
  if (to_ != 0 && pairs_.back().broker.fd < 0) {
    drop(pairs_.back());
    pairs_.pop_back();
  }
}

/// Passes on the available bytes. Returns false when the connection has ended.
bool proxy::serve(pair& one) const {
  if (held_ == holding::all)
    return true;
  const bool may_answer = held_ == holding::nothing;
  if (to_ == 0) {
    side received;
    if (!pass(one.client, received))
      return false;
    one.is_greeted = one.is_greeted || !received.waiting.empty();
    if (one.is_greeted && !greeting_.empty() && !one.client.has_ended) {
      one.client.waiting += greeting_;
      one.client.has_ended = true; // answers only once
    }
    side nobody;
    return pass(nobody, one.client);
  }
  return pass(one.client, one.broker) && (!may_answer || pass(one.broker, one.client));
}

bool proxy::pass(side& from, side& to) const {
  char part[16 * 1024];
  while (from.fd >= 0 && to.waiting.size() < waiting_most) {
    const auto n = ::recv(from.fd, part, sizeof part, 0);
    if (n > 0) {
      to.waiting.append(part, static_cast<std::size_t>(n));
      continue;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
      // Passes on the remaining bytes before it closes the connection.
      if (to.fd >= 0)
        ::send(to.fd, to.waiting.data(), to.waiting.size(), MSG_NOSIGNAL);
      return false;
    }
    break;
  }
  while (to.fd >= 0 && !to.waiting.empty()) {
    const auto n = ::send(to.fd, to.waiting.data(), to.waiting.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return n < 0 && (errno == EAGAIN || errno == EINTR);
    to.waiting.erase(0, static_cast<std::size_t>(n));
  }
  return true;
}

std::uint16_t closed_port() {
  std::uint16_t port = 0;
  ::close(listen_anywhere(port));
  return port;
}

} // namespace restante::testing
