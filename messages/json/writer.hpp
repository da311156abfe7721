#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/instant.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace restante::json {

/// Appends `text` to `out` as a JSON string with quotes. Invalid UTF-8 is replaced by U+FFFD,
/// since writing a frame must not fail.
void append_string(std::string& out, std::string_view text);

/// Appends a body as a JSON value: JSON text without changes, bytes as `{"base64":"…"}`.
void append_body(std::string& out, const body& value);

/// Whole milliseconds of a span, rounded down.
std::int64_t whole_ms(duration span);

/// Whole milliseconds of a span, rounded up, so that a reader does not get a shorter span or 0. The
/// longest span is read as the longest span again.
std::int64_t whole_ms_up(duration span);

/// Writes the members of one compact JSON object in the order of the calls. Names are constants of
/// this program and need no escaping.
class writer {
public:
  /// Begins a frame: `{"_orama":"<type>"`.
  static writer frame(std::string_view type);

  /// Begins a request: `{"op":"<op>","id":<id>`. `id` is JSON text; an empty one is not written.
  /// Reserves memory for `bytes` more.
  static writer request(std::string_view op, std::string_view id, std::size_t bytes);

  writer& text(std::string_view name, std::string_view value);
  writer& trace(std::string_view name, const trace_id& value);
  writer& flag(std::string_view name, bool value);
  writer& value(std::string_view name, const body& value);

  /// `value` must be JSON text already.
  writer& raw(std::string_view name, std::string_view value);

  /// Standard base64. An empty payload is not written (spec W1).
  writer& payload(std::string_view name, const body& value);

  /// `at` in whole milliseconds since `zero`.
  writer& time(std::string_view name, instant at, instant zero);

  template <std::integral T>
  writer& number(std::string_view name, T value) {
    return raw(name, std::to_string(value));
  }

  /// The members without braces, for an object of the caller.
  std::string fields() && { return std::move(object_.erase(0, 1)); }

  /// The whole object.
  std::string object() && { return std::move(object_ += '}'); }

private:
  writer& name(std::string_view name);

  std::string object_{'{'};
};

/// Writes a JSON array of items that are JSON text.
class list_writer {
public:
  void add(std::string_view item);
  std::string array() &&;

private:
  std::string items_;
};

} // namespace restante::json
