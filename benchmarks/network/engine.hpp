#pragma once

#include "restante/benchmarks/harness.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// One epoll loop in one thread, for many small conversations. Large reads go into one shared
/// buffer. Writes are collected until everything that was readable has been read.
namespace restante::benchmarks::network {

class engine;

/// Loopback addresses only: these programs never connect to another machine.
struct endpoint {
  std::uint16_t port = 0;

  std::string host() const { return "127.0.0.1:" + std::to_string(port); }
};

/// How a connection is closed: an orderly end of the stream, or a reset. A reset is what the peer
/// of a crashed machine sees at the next packet.
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
  /// The connection is established. Bytes written in this call leave in this turn.
  virtual void on_open() = 0;
  /// Returns how many of `bytes` were consumed. The next call has the rest and newer bytes.
  /// Throwing std::exception ends the connection.
  virtual std::size_t on_bytes(std::string_view bytes) = 0;
  /// The other end closed the connection, or the connection failed.
  virtual void on_close(const std::string& why) = 0;

  /// Output is appended here. The engine sends it at the end of its turn.
  std::string& out();
  engine& loop() noexcept { return engine_; }

private:
  friend class engine;

  engine& engine_;
  int fd_ = -1;
  bool connecting_ = false;
  bool dirty_ = false;
  bool waits_for_room_ = false;
  std::string rest_; ///< the start of an incomplete message
  std::string out_;
};

class engine {
public:
  engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine();

  /// Starts to connect. `source` picks the local address 127.0.0.(1 + source), so that no address
  /// runs out of ports. Throws std::system_error.
  void open(stream& opened, endpoint to, std::uint8_t source = 0);

  /// Closes without a message to the peer. No callback follows; unsent output is lost.
  void close(stream& closed, ending how = ending::fin);

  /// Runs turns until `done` is true, which is checked after every turn. Returns false when `limit`
  /// passed first.
  bool run_until(const std::function<bool()>& done, bench_clock::time_point limit);

  /// The instant when the current bytes were read.
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
