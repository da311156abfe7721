#pragma once

#include "restante/benchmarks/harness.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// One epoll loop in one thread, for many small conversations: large reads into
/// one shared buffer, writes gathered until everything that was readable has
/// been read.
namespace restante::benchmarks::network {

class engine;

/// Only loopback: these programs never speak to another machine.
struct endpoint {
  std::uint16_t port = 0;

  std::string host() const { return "127.0.0.1:" + std::to_string(port); }
};

/// How a connection is closed: an orderly end of the stream, or a reset, which
/// is what a crashed machine's peer sees at the next packet.
enum class ending { fin, rst };

/// One non-blocking TCP connection. It may be destroyed outside of callbacks only.
class stream {
public:
  explicit stream(engine& loop) : engine_(loop) {}
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  virtual ~stream();

  bool is_open() const noexcept { return fd_ >= 0; }

protected:
  /// The connection is established; what is written goes out in this turn.
  virtual void on_open() = 0;
  /// Answers how many of `bytes` it has taken; the rest comes again, with more.
  /// Throwing std::exception ends the connection.
  virtual std::size_t on_bytes(std::string_view bytes) = 0;
  /// The connection ended, and it was not we who closed it.
  virtual void on_close(const std::string& why) = 0;

  /// Where output is appended; it leaves at the end of the engine's turn.
  std::string& out();
  engine& loop() noexcept { return engine_; }

private:
  friend class engine;

  engine& engine_;
  int fd_ = -1;
  bool connecting_ = false;
  bool dirty_ = false;
  bool waits_for_room_ = false;
  std::string rest_; ///< the start of a message whose end has not come yet
  std::string out_;
};

class engine {
public:
  engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine();

  /// Starts to connect. `source` picks the own address, 127.0.0.(1 + source), so
  /// that no address runs out of ports. Throws std::system_error.
  void open(stream& opened, endpoint to, std::uint8_t source = 0);

  /// Closes without a word. No callback follows, output not sent is lost.
  void close(stream& closed, ending how = ending::fin);

  /// Turns until `done` is true, asked after every turn; false when `limit` came first.
  bool run_until(const std::function<bool()>& done, bench_clock::time_point limit);

  /// The instant of the read whose bytes are being handled.
  bench_clock::time_point now() const noexcept { return now_; }

private:
  friend class stream;

  void turn(std::chrono::milliseconds wait_max);
  void on_event(stream& of, std::uint32_t events);
  void read(stream& from);
  void flush(stream& to);
  void flush_dirty();
  void want(stream& of, std::uint32_t events);
  void forget(stream& gone);
  void lose(stream& lost, const std::string& why);

  int epoll_ = -1;
  std::vector<stream*> dirty_;
  std::vector<stream*> flushing_;
  std::vector<char> buffer_;
  bench_clock::time_point now_;
};

} // namespace restante::benchmarks::network
