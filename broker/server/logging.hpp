#pragma once

#include "restante/broker/gateway/event_log.hpp"
#include "restante/broker/log/line_writer.hpp"
#include "restante/broker/server/event_limiter.hpp"
#include "restante/broker/server/log_settings.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace restante::serve {

enum class log_format { text, json };

/// One line without its end:
///
/// `2026-01-02T03:04:05.678Z info connection_closed client=bob code=4012 reason="no pong"` or
/// `{"time":"2026-01-02T03:04:05.678Z","level":"info","event":"connection_closed",…}`.
///
/// Every value stays one value on one line: line ends, quotation marks, control characters and
/// invalid UTF-8 are escaped or replaced. A value of more than 2,048 bytes is cut off and ends with
/// an ellipsis.
std::string log_line(log_format format, std::chrono::system_clock::time_point at,
                     gateway::severity how, std::string_view event,
                     std::span<const gateway::log_field> fields);

/// Writes to standard error or a file, in a thread of its own: a caller never waits for the output.
/// Lines that cannot be written in time are dropped and counted, and a line `log_lines_dropped`
/// reports the count once writing works again. Repeating events are limited (see event_limiter). At
/// level `debug` only warnings and errors are limited.
class line_log final : public gateway::event_log {
public:
  /// Throws std::runtime_error, with a sentence for the operator, when the file cannot be
  /// opened.
  explicit line_log(log_settings how);
  ~line_log() override;

  using event_log::write;
  void write(gateway::severity how, std::string_view event,
             std::span<const gateway::log_field> fields) override;

  std::uint64_t dropped() const override;

  /// Waits until the earlier lines are written, up to `most`. Whether they were written.
  bool flush(std::chrono::milliseconds most = std::chrono::seconds{5});

  /// Opens the file again, after log rotation has moved it. Answers what went wrong, if anything;
  /// then the old file stays in use.
  std::optional<std::string> reopen();

  /// Sets what is logged from now on: `debug`, `info`, `warning` or `error` and above.
  void set_level(std::string_view level);

private:
  std::shared_ptr<logging::output> open() const;
  bool is_left_out(gateway::severity how, std::string_view event,
                   std::span<const gateway::log_field> fields);
  std::string line_of(gateway::severity how, std::string_view event,
                      std::initializer_list<gateway::log_field> fields) const;
  std::vector<std::string> summaries_until(event_limiter::time_point now);
  logging::extra_lines summaries();

  const log_settings how_;
  const log_format format_;
  std::atomic<gateway::severity> least_;
  event_limiter limiter_;
  std::optional<logging::line_writer> out_;
};

/// A function for `options::log`: each line becomes a warning, the event `broker` with the line.
std::function<void(std::string_view)> broker_lines(std::shared_ptr<gateway::event_log> to);

} // namespace restante::serve
