#include "restante/tests/network/line.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <arpa/inet.h>
#include <csignal>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace restante::testing {

struct line::secret {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);

  secret() = default;
  secret(const secret&) = delete;
  secret& operator=(const secret&) = delete;
  ~secret() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
};

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error{what};
}

patience left(std::chrono::steady_clock::time_point until) {
  return std::chrono::ceil<patience>(until - std::chrono::steady_clock::now());
}

} // namespace

line::line(std::uint16_t port, speaking how, int receive_bytes)
    : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  static const auto ignored = std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes by itself
  (void)ignored;
  if (fd_ < 0)
    fail("no socket");
  if (receive_bytes > 0) // before connecting: the size decides the TCP window
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  const int yes = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
    ::close(std::exchange(fd_, -1));
    fail("nobody answers");
  }
  if (how == speaking::tls) {
    const timeval most{patient.count() / 1000, 0}; // the handshake is the only blocking call
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    tls_ = std::make_unique<secret>();
    SSL_set_fd(tls_->ssl, fd_);
    if (SSL_connect(tls_->ssl) != 1) {
      tls_.reset();
      ::close(std::exchange(fd_, -1));
      fail("no TLS handshake");
    }
  }
  ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

line::~line() {
  close();
}

line::line(line&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)}, tls_{std::move(other.tls_)},
      received_{std::move(other.received_)}, is_over_{other.is_over_} {}

line& line::operator=(line&& other) noexcept {
  close();
  fd_ = std::exchange(other.fd_, -1);
  tls_ = std::move(other.tls_);
  received_ = std::move(other.received_);
  is_over_ = other.is_over_;
  return *this;
}

bool line::wait_for(short what, patience wait) const {
  pollfd at{fd_, what, 0};
  return wait.count() >= 0 && ::poll(&at, 1, static_cast<int>(wait.count())) > 0;
}

bool line::send(std::string_view bytes, patience wait) {
  return send_some(bytes, wait) == bytes.size();
}

std::size_t line::send_some(std::string_view bytes, patience wait) {
  std::size_t sent = 0;
  while (sent < bytes.size() && fd_ >= 0) {
    const auto rest = bytes.substr(sent);
    const auto n = tls_ ? SSL_write(tls_->ssl, rest.data(), static_cast<int>(rest.size()))
                        : ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n > 0) {
      sent += static_cast<std::size_t>(n);
      continue;
    }
    const bool must_wait =
        tls_ ? SSL_get_error(tls_->ssl, static_cast<int>(n)) == SSL_ERROR_WANT_WRITE
             : errno == EAGAIN || errno == EINTR;
    if (!must_wait || !wait_for(POLLOUT, wait))
      break;
  }
  return sent;
}

bool line::listen(patience wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  char part[16 * 1024];
  while (!is_over_ && fd_ >= 0) {
    const auto n =
        tls_ ? SSL_read(tls_->ssl, part, sizeof part) : ::recv(fd_, part, sizeof part, 0);
    if (n > 0) {
      received_.append(part, static_cast<std::size_t>(n));
      return true;
    }
    const bool must_wait =
        tls_ ? SSL_get_error(tls_->ssl, static_cast<int>(n)) == SSL_ERROR_WANT_READ
             : n < 0 && (errno == EAGAIN || errno == EINTR);
    if (!must_wait)
      is_over_ = true;
    else if (!wait_for(POLLIN, left(until)))
      return false;
  }
  return false;
}

bool line::ends(patience wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  while (!is_over_) {
    received_.clear();
    if (!listen(left(until)) && !is_over_)
      return false;
  }
  return true;
}

void line::reset() {
  const linger hard{1, 0};
  if (fd_ >= 0)
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close();
}

void line::close() {
  tls_.reset();
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
  is_over_ = true;
}

void line::finish_sending() {
  ::shutdown(fd_, SHUT_WR);
}

std::string line::certificate_name() const {
  if (!tls_)
    return {};
  auto* shown = SSL_get1_peer_certificate(tls_->ssl);
  char name[256] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, sizeof name);
  X509_free(shown);
  return name;
}

} // namespace restante::testing
