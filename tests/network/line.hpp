#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace restante::testing {

using patience = std::chrono::milliseconds;

/// The longest wait of these tests: much longer than a loaded machine needs.
inline constexpr patience patient{20'000};

enum class speaking : std::uint8_t { plain, tls };

/// The client end of a socket of the gateway, written against the kernel and OpenSSL only: the
/// gateway must not be tested with the library that it is made with. Every wait has a deadline. TLS
/// accepts any certificate.
class line {
public:
  /// Connects to a port of 127.0.0.1. `receive_bytes` is the size of the kernel's receive buffer; 0
  /// is the system's choice. Throws std::runtime_error when no server accepts.
  explicit line(std::uint16_t port, speaking how = speaking::plain, int receive_bytes = 0);
  ~line();

  line(line&&) noexcept;
  line& operator=(line&&) noexcept;

  /// Sends all bytes. Returns false when the other end is gone or accepts nothing for `wait`.
  bool send(std::string_view bytes, patience wait = patient);

  /// Sends bytes until the other end accepts nothing for `wait`. Returns how many bytes were
  /// accepted.
  std::size_t send_some(std::string_view bytes, patience wait);

  /// The bytes that arrived and were not taken yet.
  const std::string& received() const { return received_; }
  void take(std::size_t bytes) { received_.erase(0, bytes); }

  /// Waits for more bytes. Returns false when none arrived in time, or none can arrive any more.
  bool listen(patience wait = patient);

  /// Whether the other end has closed or reset the connection, as far as `listen` has seen.
  bool is_over() const { return is_over_; }

  /// Waits for the end of the connection and discards earlier bytes. Returns false when the end
  /// does not come.
  bool ends(patience wait = patient);

  /// Sends a reset, as the system does for a killed process with unread data.
  void reset();

  /// Closes the socket, as a process that ends does.
  void close();

  /// Shuts down the sending direction; the line can still receive.
  void finish_sending();

  /// The subject's common name of the server certificate; empty without TLS.
  std::string certificate_name() const;

private:
  struct secret;
  bool wait_for(short what, patience wait) const;

  int fd_ = -1;
  std::unique_ptr<secret> tls_;
  std::string received_;
  bool is_over_ = false;
};

} // namespace restante::testing
