// The addresses that a gateway listens on: one address, or for `localhost` the addresses of both
// families.

#include "restante/tests/network/gateway_fixture.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace restante::testing {
namespace {

using ::testing::HasSubstr;

/// An IPv6 socket (`line` uses IPv4), made with the system's own functions.
class six_socket {
public:
  six_socket() : fd_{::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)} {}
  ~six_socket() { ::close(fd_); }
  six_socket(const six_socket&) = delete;
  six_socket& operator=(const six_socket&) = delete;

  static sockaddr_in6 loopback(std::uint16_t port) {
    sockaddr_in6 at{};
    at.sin6_family = AF_INET6;
    at.sin6_port = htons(port);
    at.sin6_addr = in6addr_loopback;
    return at;
  }

  bool connect(std::uint16_t port) const {
    const auto at = loopback(port);
    return ::connect(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
  }

  /// Binds a free port of `::1`. Returns 0 where this machine has no such address.
  std::uint16_t listen() const {
    auto at = loopback(0);
    socklen_t size = sizeof at;
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&at), size) != 0 || ::listen(fd_, 1) != 0 ||
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
      return 0;
    return ntohs(at.sin6_port);
  }

  /// Sends `text` and returns everything that is received until the end of the stream.
  std::string ask(std::string_view text) const {
    std::string received;
    if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) < 0)
      return received;
    char piece[1024];
    for (ssize_t n = 1; n > 0;) {
      n = ::recv(fd_, piece, sizeof piece, 0);
      received.append(piece, n > 0 ? static_cast<std::size_t>(n) : 0);
    }
    return received;
  }

private:
  int fd_;
};

bool has_six() {
  return six_socket{}.listen() != 0;
}

TEST(Listen, W7_localhost_is_both_families_on_one_port) {
  gateway_fixture h{{.address = "localhost"}};
  EXPECT_EQ(h.http().get("/healthz").status, 200);
  if (!has_six()) {
    EXPECT_THAT(h.log->lines().front(), HasSubstr("listening_on_one_family"));
    GTEST_SKIP() << "this machine has no ::1";
  }
  for (const std::string host : {"localhost", "[::1]"}) {
    const six_socket client;
    ASSERT_TRUE(client.connect(h.port()));
    EXPECT_THAT(client.ask("GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: " + host + ":" +
                           std::to_string(h.port()) + "\r\n\r\n"),
                HasSubstr("\r\n\r\nok\n"));
  }
  h.gateway.refuse_newcomers();
  h.gateway.stop();
  EXPECT_FALSE(six_socket{}.connect(h.port()));
}

TEST(Listen, W7_an_address_is_one_family) {
  const gateway_fixture h{{.address = "127.0.0.1"}};
  EXPECT_FALSE(six_socket{}.connect(h.port()));
}

TEST(Listen, W7_a_port_that_somebody_has_on_the_other_family_is_taken) {
  const six_socket other;
  const auto port = other.listen();
  if (port == 0)
    GTEST_SKIP() << "this machine has no ::1";
  options how;
  how.slots = 1;
  how.threads = 1;
  broker broker{how};
  try {
    const gateway::gateway gateway{broker, {.address = "localhost", .port = port}};
    FAIL() << "who asks localhost may have reached the other one";
  } catch (const std::runtime_error& refused) {
    EXPECT_THAT(refused.what(), HasSubstr("cannot listen on [::1]:" + std::to_string(port)));
  }
}

} // namespace
} // namespace restante::testing
