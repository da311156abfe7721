#pragma once

#include "restante/broker/gateway/event_log.hpp"
#include "restante/broker/serve/log_settings.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
} // namespace spdlog

namespace restante::serve {

enum class log_format { text, json };

/// One line without its end:
/// `2026-01-02T03:04:05.678Z info connection_closed client=bob code=4012 reason="no pong"` or
/// `{"time":"2026-01-02T03:04:05.678Z","level":"info","event":"connection_closed",…}`.
/// Whatever is in a value, it stays one value of one line: line ends, quotation marks, control
/// characters and invalid UTF-8 are escaped or replaced.
std::string log_line(log_format format, std::chrono::system_clock::time_point at,
                     gateway::severity how, std::string_view event,
                     std::span<const gateway::log_field> fields);

/// Writes to standard error or a file. What cannot be written is lost, nothing else happens.
class line_log final : public gateway::event_log {
public:
  /// Throws std::runtime_error, with a sentence for the operator, when the file cannot be
  /// opened.
  explicit line_log(log_settings how);
  ~line_log() override;

  using event_log::write;
  void write(gateway::severity how, std::string_view event,
             std::span<const gateway::log_field> fields) override;

  /// Opens the file again, for those who have moved it away. What went wrong, if anything;
  /// then the old one goes on.
  std::optional<std::string> reopen();

  /// `debug`, `info`, `warning` or `error`: what is logged from now on.
  void set_level(std::string_view level);

private:
  std::shared_ptr<spdlog::logger> open() const;

  const log_settings how_;
  const log_format format_;
  std::atomic<gateway::severity> least_;
  std::atomic<std::shared_ptr<spdlog::logger>> out_;
};

/// What `options::log` needs: each line becomes a warning, the event `broker` with the line.
std::function<void(std::string_view)> broker_lines(std::shared_ptr<gateway::event_log> to);

} // namespace restante::serve
