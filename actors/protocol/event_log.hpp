#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace restante {

enum class severity { debug, info, warning, error };

/// One named value of a log line.
struct log_field {
  log_field(std::string_view name, std::string_view text) : name{name}, text{text} {}
  log_field(std::string_view name, const char* text) : name{name}, text{text} {}
  template <std::integral T>
  log_field(std::string_view name, T number)
      : name{name}, text{std::to_string(number)}, is_number{true} {}

  std::string_view name;
  std::string text;
  bool is_number = false;
};

/// Takes events for the operator: a name that does not change, such as `connection_closed`, and
/// values. Safe from several threads. Must not throw or block: threads that serve clients call it.
class event_log {
public:
  virtual ~event_log() = default;

  virtual void write(severity how, std::string_view event, std::span<const log_field> fields) = 0;

  void write(severity how, std::string_view event, std::initializer_list<log_field> fields = {}) {
    write(how, event, std::span<const log_field>{fields.begin(), fields.size()});
  }

  /// Lines that were lost because they could not be written fast enough, or at all.
  virtual std::uint64_t dropped() const { return 0; }
};

} // namespace restante
