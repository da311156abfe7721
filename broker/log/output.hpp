#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace restante::logging {

/// Where lines go: standard error, standard output, a file. Nobody may be reading at the other
/// end of it, a pipe, a terminal that was stopped, so it is written to without blocking wherever
/// the system can. The descriptor that this process shares with others keeps its mode.
///
/// One thread at a time.
class output {
public:
  /// One that this process was started with; stays open.
  static std::shared_ptr<output> of(int descriptor);

  /// A file to append to, made if need be. Throws std::system_error.
  static std::shared_ptr<output> append_to(const std::string& path);

  ~output();
  output(const output&) = delete;
  output& operator=(const output&) = delete;

  /// How many bytes were taken; 0: none at present; below 0: it failed, errno says how.
  std::ptrdiff_t write_some(std::string_view text);

  /// Waits until something may be taken, no longer than `most`; whether that is so.
  bool wait(std::chrono::milliseconds most) const;

  /// Writes all of it, if that takes no longer than `most`.
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
