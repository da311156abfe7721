#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace restante::testing {

using patience = std::chrono::milliseconds;

/// Nothing here is waited for longer: far beyond what a loaded machine needs.
inline constexpr patience patient{20'000};

enum class speaking : std::uint8_t { plain, tls };

/// The other end of a socket of the gateway, written against the kernel and OpenSSL only:
/// the library that the gateway is made with must not be its own witness. Everything has a
/// deadline. TLS takes any certificate.
class line {
public:
  /// To a port of 127.0.0.1. `receive_bytes`: the size of the kernel's receive buffer; 0 is
  /// the system's choice. Throws std::runtime_error when nobody answers.
  explicit line(std::uint16_t port, speaking how = speaking::plain, int receive_bytes = 0);
  ~line();

  line(line&&) noexcept;
  line& operator=(line&&) noexcept;

  /// All of it; false when the other end is gone or takes nothing for `wait`.
  bool send(std::string_view bytes, patience wait = patient);

  /// As much as is taken before nothing more is for `wait`: how many bytes.
  std::size_t send_some(std::string_view bytes, patience wait);

  /// The bytes that came and were not taken yet.
  const std::string& received() const { return received_; }
  void take(std::size_t bytes) { received_.erase(0, bytes); }

  /// Waits for more of them. False when none came in time, or will ever.
  bool listen(patience wait = patient);

  /// Whether the other end has closed or reset it, as far as `listen` has seen.
  bool is_over() const { return is_over_; }

  /// Waits for the end, forgetting what comes before. False when it does not come.
  bool ends(patience wait = patient);

  /// As a killed process with unread data: a reset.
  void reset();

  /// As a process that ends.
  void close();

  /// Says that nothing more will come; still hears.
  void finish_sending();

  /// The subject's common name of the certificate that was shown; empty without TLS.
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
