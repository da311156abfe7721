#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace restante::logging {

/// A destination of lines: standard error, standard output or a file. The other end of a pipe may
/// have no reader, and a terminal may be stopped. So writes do not block wherever the system allows
/// that. A descriptor that this process shares with others keeps its mode.
///
/// Used by one thread at a time.
class output {
public:
  /// A descriptor that this process was started with. It stays open.
  static std::shared_ptr<output> of(int descriptor);

  /// A file to append to, created if it does not exist. Throws std::system_error.
  static std::shared_ptr<output> append_to(const std::string& path);

  ~output();
  output(const output&) = delete;
  output& operator=(const output&) = delete;

  /// How many bytes were written; 0: the output is full; below 0: the write failed, see errno.
  std::ptrdiff_t write_some(std::string_view text);

  /// Waits up to `most` until the output may accept bytes. Returns whether it may.
  bool wait(std::chrono::milliseconds most) const;

  /// Writes the text for up to `most`. Returns whether all of it was written.
  bool write_within(std::string_view text, std::chrono::milliseconds most);

private:
  enum class kind { plain, nonblocking, socket, sharing };

  output(int descriptor, bool is_ours, kind how)
      : descriptor_{descriptor}, is_ours_{is_ours}, kind_{how} {}

  const int descriptor_;
  const bool is_ours_;
  const kind kind_;
};

} // namespace restante::logging
