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

/// Additional lines for the writer, and when the writer must ask for more.
struct extra_lines {
  std::string text; ///< lines with their ends
  std::uint64_t lines = 0;
  std::optional<std::chrono::steady_clock::time_point> again{};
};

/// Writes lines in a thread of its own, so that a caller never waits, even when the output has no
/// reader, the disk is full or a file system hangs.
///
/// Bounded: while `bytes_max` wait, new lines are dropped and counted. Lines that could not be
/// written are counted too. Once writing works again, a line of `dropped_line` reports the count.
class line_writer {
public:
  struct setup {
    std::shared_ptr<output> to;
    std::size_t bytes_max = std::size_t{1} << 20;

    /// Makes the line, without its end, that reports the number of dropped lines.
    std::function<std::string(std::uint64_t)> dropped_line;

    /// Called by the writer's thread before each round and at the time that its last result named.
    /// May be empty.
    std::function<extra_lines()> extra;
  };

  explicit line_writer(setup how);

  /// Writes the waiting lines if that takes a short time. Otherwise they are lost when the process
  /// ends.
  ~line_writer();

  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;

  /// `line` is without its end. Safe from any thread; never waits for the output.
  void write(std::string_view line);

  /// Makes the thread call `extra`.
  void wake();

  /// Waits up to `most` until all earlier lines are written or dropped.
  bool flush(std::chrono::milliseconds most);

  /// Switches to another output. Waiting lines go to the old output first, if that takes a short
  /// time.
  void change_output(std::shared_ptr<output> to);

  std::uint64_t dropped() const;

private:
  class core;
  std::shared_ptr<core> core_; ///< shared with the thread, which may still be stuck in a write
};

} // namespace restante::logging
