#include "restante/benchmarks/network/engine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace restante::benchmarks::network {
namespace {

/// The other end: a listening socket on a port that the kernel chooses.
class listener {
public:
  listener() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
    listen(fd_, 8);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    at_ = {ntohs(address.sin_port)};
  }
  ~listener() { close(fd_); }

  endpoint at() const { return at_; }
  int accept_one() const { return accept(fd_, nullptr, nullptr); }

private:
  int fd_;
  endpoint at_;
};

/// Consumes complete lines only.
class line_stream final : public stream {
public:
  using stream::stream;

  void say(std::string_view text) { out().append(text); }

  std::vector<std::string> lines;
  bool opened = false;
  std::string closed;

private:
  void on_open() override { opened = true; }
  void on_close(const std::string& why) override { closed = why; }

  std::size_t on_bytes(std::string_view bytes) override {
    std::size_t taken = 0;
    for (auto end = bytes.find('\n'); end != std::string_view::npos;
         end = bytes.find('\n', taken)) {
      lines.emplace_back(bytes.substr(taken, end - taken));
      taken = end + 1;
      if (lines.back() == "bad")
        throw std::runtime_error("a bad line");
    }
    return taken;
  }
};

class Engine : public testing::Test {
protected:
  Engine() {
    loop.open(ours, listens.at());
    theirs = listens.accept_one();
    EXPECT_TRUE(turn_until([this] { return ours.opened; }));
  }
  ~Engine() override { close(theirs); }

  bool turn_until(const std::function<bool()>& done) {
    return loop.run_until(done, bench_clock::now() + 10s);
  }

  void receive(std::string_view text) const {
    ASSERT_EQ(send(theirs, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }

  listener listens;
  engine loop;
  line_stream ours{loop};
  int theirs = -1;
};

TEST_F(Engine, keeps_the_start_of_a_message_until_its_end_has_come) {
  receive("one\ntw");
  EXPECT_TRUE(turn_until([this] { return ours.lines.size() == 1; }));
  receive("o\nthree\n");
  EXPECT_TRUE(turn_until([this] { return ours.lines.size() == 3; }));
  EXPECT_EQ(ours.lines, (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(Engine, reads_a_message_larger_than_its_buffer) {
  const std::string large(1 << 20, 'x');
  std::string_view left = large;
  while (!left.empty()) {
    const auto sent = send(theirs, left.data(), left.size(), MSG_DONTWAIT);
    if (sent > 0)
      left.remove_prefix(static_cast<std::size_t>(sent));
    loop.run_until([] { return false; }, bench_clock::now() + 1ms);
  }
  receive("\n");
  EXPECT_TRUE(turn_until([this] { return !ours.lines.empty(); }));
  EXPECT_EQ(ours.lines.front(), large);
}

TEST_F(Engine, writes_more_than_the_socket_takes_at_once) {
  const std::string large(8 << 20, 'y');
  ours.say(large);
  ours.say("end");
  std::string got;
  std::vector<char> buffer(1 << 16);
  const auto limit = bench_clock::now() + 10s;
  while (got.size() < large.size() + 3 && bench_clock::now() < limit) {
    const auto count = recv(theirs, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0)
      got.append(buffer.data(), static_cast<std::size_t>(count));
    else
      loop.run_until([] { return false; }, bench_clock::now() + 1ms);
  }
  EXPECT_TRUE(got == large + "end");
}

TEST_F(Engine, tells_when_the_other_end_is_gone) {
  close(theirs);
  EXPECT_TRUE(turn_until([this] { return !ours.is_open(); }));
  EXPECT_EQ(ours.closed, "end of stream");
}

TEST_F(Engine, ends_a_connection_whose_input_makes_no_sense) {
  receive("good\nbad\n");
  EXPECT_TRUE(turn_until([this] { return !ours.is_open(); }));
  EXPECT_EQ(ours.closed, "a bad line");
  EXPECT_EQ(ours.lines.front(), "good");
}

TEST_F(Engine, closes_in_order_or_by_reset) {
  std::array<char, 1> byte{};
  loop.close(ours, ending::fin);
  EXPECT_EQ(recv(theirs, byte.data(), 1, 0), 0);
  line_stream second{loop};
  loop.open(second, listens.at(), 1);
  const int other = listens.accept_one();
  EXPECT_TRUE(turn_until([&] { return second.opened; }));
  loop.close(second, ending::rst);
  EXPECT_EQ(recv(other, byte.data(), 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
  close(other);
  EXPECT_EQ(second.closed, "");
}

TEST_F(Engine, gives_up_at_the_limit) {
  EXPECT_FALSE(loop.run_until([] { return false; }, bench_clock::now() + 1ms));
}

TEST(EngineAlone, tells_that_nobody_listens) {
  engine loop;
  line_stream ours{loop};
  const auto nobody = listener{}.at();
  loop.open(ours, nobody);
  EXPECT_TRUE(loop.run_until([&] { return !ours.closed.empty(); }, bench_clock::now() + 10s));
  EXPECT_FALSE(ours.opened);
}

} // namespace
} // namespace restante::benchmarks::network
