#pragma once

#include "restante/broker/gateway/net.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace restante::gateway {

/// The maximum of a request line with its header fields, bytes: enough for a token and a browser's
/// cookies.
inline constexpr std::size_t header_bytes_max = 16 * 1024;

/// The maximum of the request line alone, bytes (RFC 9112, 3: at least 8000 octets).
inline constexpr std::size_t request_line_bytes_max = 8 * 1024;

/// How many empty lines before a request are skipped (RFC 9112, 2.2: at least one).
inline constexpr std::size_t empty_lines_max = 4;

/// `text` without the spaces and tabs around it (RFC 9110, 5.6.3).
std::string_view trimmed(std::string_view text);

/// Scans the bytes of a request's head as they arrive, before the parser does. It refuses input
/// that a lenient parser accepts and that two programs may read differently: bare CR and LF, folded
/// lines, control characters, spaces in the request line. Scans each byte once.
class head_scanner {
public:
  enum class verdict : std::uint8_t { incomplete, complete, refused };

  /// `received`: all bytes since the last request, including bytes that were scanned before.
  verdict look(std::string_view received);

  /// The position of the head after empty lines, and its length when it is complete.
  std::size_t begin() const { return begin_; }
  std::size_t size() const { return at_ - begin_; }

  /// The position of the last digit of the version. HTTP/1.2 to 1.9 are treated as 1.1 (RFC 9110,
  /// 2.5).
  std::size_t minor_version_at() const { return minor_at_; }

  /// The status of the refusal, if the head was refused.
  http::status status() const { return status_; }
  std::string_view reason() const { return reason_; }

private:
  verdict refuse(http::status status, std::string_view reason);
  verdict next_byte(std::string_view received);
  verdict end_line(std::string_view line);
  verdict request_line(std::string_view line);
  verdict check_size();

  verdict verdict_ = verdict::incomplete;
  std::size_t at_ = 0; ///< the next byte to scan
  std::size_t begin_ = 0;
  std::size_t line_ = 0; ///< where the current line begins
  std::size_t minor_at_ = 0;
  std::size_t empty_lines_ = 0;
  bool has_request_line_ = false;
  http::status status_ = http::status::bad_request;
  std::string_view reason_;
};

/// Facts about the sender in a refused head. A field that is missing or repeated is empty.
struct head_glimpse {
  std::string_view method;
  std::string_view host;
  std::string_view origin;
};

/// Searches the received part of a head, which may be incomplete or invalid.
head_glimpse glimpse_of(std::string_view received);

} // namespace restante::gateway
