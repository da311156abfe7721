#pragma once

#include "restante/broker/log/output.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace restante::logging {

/// Lines that the writer is given on top of those that were written, and when it is to ask again.
struct extra_lines {
  std::string text; ///< each with its end
  std::uint64_t lines = 0;
  std::optional<std::chrono::steady_clock::time_point> again{};
};

/// Writes lines by a thread of its own, so that a caller never waits, whatever is at the other
/// end: nobody who reads, a full disk, a file system that hangs.
///
/// Bounded: lines that come while `bytes_max` wait are dropped, the new ones, and counted; so are
/// those that could not be written. Once writing works again a line of `dropped_line` says how
/// many.
class line_writer {
public:
  struct setup {
    std::shared_ptr<output> to;
    std::size_t bytes_max = std::size_t{1} << 20;

    /// Makes the line, without its end, that says how many were dropped.
    std::function<std::string(std::uint64_t)> dropped_line;

    /// Asked before each round and when it wanted to be; by the writer's thread. May be empty.
    std::function<extra_lines()> extra;
  };

  explicit line_writer(setup how);

  /// Writes what waits, if that is soon done; else it goes with the process.
  ~line_writer();

  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;

  /// `line` is without its end. From any thread; does not wait for any output.
  void write(std::string_view line);

  /// Lets the thread ask `extra`.
  void wake();

  /// Waits until all that was given before is written or dropped, no longer than `most`.
  bool flush(std::chrono::milliseconds most);

  /// Goes on elsewhere, behind what waits, if that is soon written.
  void change_output(std::shared_ptr<output> to);

  std::uint64_t dropped() const;

private:
  class core;
  std::shared_ptr<core> core_; ///< the thread's as well: it may be stuck in a write at the end
};

} // namespace restante::logging
