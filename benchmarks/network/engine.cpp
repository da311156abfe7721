#include "restante/benchmarks/network/engine.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace restante::benchmarks::network {

namespace {

constexpr std::size_t events_max = 512;
constexpr std::size_t buffer_bytes = 256 * 1024;

sockaddr_in loopback(std::uint8_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  return address;
}

void set_option(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof value);
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

stream::~stream() {
  engine_.forget(*this);
}

std::string& stream::out() {
  if (!dirty_) {
    dirty_ = true;
    engine_.dirty_.push_back(this);
  }
  return out_;
}

engine::engine() : epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(buffer_bytes) {
  if (epoll_ < 0)
    fail("epoll_create1");
}

engine::~engine() {
  ::close(epoll_);
}

void engine::open(stream& opened, endpoint to, std::uint8_t source) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    fail("socket");
  opened.fd_ = fd;
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (source > 0) {
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const auto from = loopback(source, 0);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) < 0)
      fail("bind");
  }
  const auto address = loopback(0, to.port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 &&
      errno != EINPROGRESS)
    fail("connect");
  opened.connecting_ = true;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT;
  event.data.ptr = &opened;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) < 0)
    fail("epoll_ctl");
}

void engine::close(stream& closed, ending how) {
  if (!closed.is_open())
    return;
  if (how == ending::rst) {
    const linger at_once{1, 0};
    setsockopt(closed.fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  ::close(closed.fd_);
  closed.fd_ = -1;
  closed.connecting_ = false;
  closed.waits_for_room_ = false;
  closed.out_.clear();
  closed.rest_.clear();
}

bool engine::run_until(const std::function<bool()>& done, bench_clock::time_point limit) {
  using std::chrono::milliseconds;
  now_ = bench_clock::now();
  flush_dirty();
  while (!done()) {
    const auto left = std::chrono::ceil<milliseconds>(limit - bench_clock::now());
    if (left <= milliseconds{0})
      return false;
    turn(left);
  }
  return true;
}

void engine::turn(std::chrono::milliseconds wait_max) {
  std::array<epoll_event, events_max> events;
  const int count =
      epoll_wait(epoll_, events.data(), events.size(), static_cast<int>(wait_max.count()));
  if (count < 0 && errno != EINTR)
    fail("epoll_wait");
  now_ = bench_clock::now();
  for (int i = 0; i < count; ++i)
    on_event(*static_cast<stream*>(events[i].data.ptr), events[i].events);
  flush_dirty();
}

void engine::on_event(stream& of, std::uint32_t events) {
  if (!of.is_open())
    return; // closed by an earlier event of this turn
  if (of.connecting_) {
    int problem = 0;
    socklen_t size = sizeof problem;
    getsockopt(of.fd_, SOL_SOCKET, SO_ERROR, &problem, &size);
    if (problem != 0)
      return lose(of, std::strerror(problem));
    if ((events & EPOLLOUT) == 0)
      return;
    of.connecting_ = false;
    want(of, EPOLLIN);
    of.on_open();
  }
  if ((events & EPOLLOUT) != 0 && of.waits_for_room_)
    of.out(); // until the end of the turn
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
    read(of);
}

void engine::read(stream& from) {
  const auto kept = from.rest_.size();
  if (kept + buffer_bytes > buffer_.size())
    buffer_.resize(kept + buffer_bytes);
  std::memcpy(buffer_.data(), from.rest_.data(), kept);
  const auto got = recv(from.fd_, buffer_.data() + kept, buffer_bytes, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (got <= 0)
    return lose(from, got == 0 ? "end of stream" : std::strerror(errno));
  now_ = bench_clock::now();
  const std::string_view bytes{buffer_.data(), kept + static_cast<std::size_t>(got)};
  try {
    const auto taken = from.on_bytes(bytes);
    if (from.is_open())
      from.rest_.assign(bytes.substr(taken));
  } catch (const std::exception& problem) {
    lose(from, problem.what());
  }
}

void engine::flush_dirty() {
  while (!dirty_.empty()) {
    flushing_.swap(dirty_);
    for (auto* each : flushing_) {
      each->dirty_ = false;
      if (each->is_open() && !each->connecting_ && !each->out_.empty())
        flush(*each);
    }
    flushing_.clear();
  }
}

void engine::flush(stream& to) {
  const auto sent = send(to.fd_, to.out_.data(), to.out_.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR)
    return lose(to, std::strerror(errno));
  to.out_.erase(0, sent < 0 ? 0 : static_cast<std::size_t>(sent));
  const bool waits = !to.out_.empty();
  if (waits != to.waits_for_room_)
    want(to, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
  to.waits_for_room_ = waits;
}

void engine::want(stream& of, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &of;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, of.fd_, &event);
}

void engine::forget(stream& gone) {
  close(gone);
  std::erase(dirty_, &gone);
}

void engine::lose(stream& lost, const std::string& why) {
  close(lost);
  lost.on_close(why);
}

} // namespace restante::benchmarks::network
